using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Configuration.Hocon;

namespace Paxi.Actors.Configuration;

/// <summary>The sections <c>address</c> and <c>http-address</c>: who the replicas are and where.</summary>
internal static class ReplicaAddresses
{
    private const string Form = $"akka.tcp://{PaxiSettings.SystemName}@HOST:PORT";

    /// <summary>In the order of <c>address</c>.</summary>
    /// <param name="anySystem">Whether the actor systems may be called otherwise than a node's.</param>
    /// <exception cref="ConfigurationException">A wrong id or address, two replicas at one place, a REST address of nobody.</exception>
    public static ImmutableArray<ReplicaAddress> Read(HoconFile file, bool anySystem = false)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = new SortedDictionary<ReplicaId, Uri>();
        var remote = new List<(ReplicaId Id, Address Address)>();
        foreach (var (id, text) in Section(file, "address"))
        {
            var key = $"paxi.address.\"{id}\" = {text}";
            var address = ParseRemote(key, text, file.Locate(id.ToString()), anySystem);
            Take(taken, address.Host, address.Port!.Value, key, file);
            remote.Add((id, address));
        }

        if (remote.Count == 0)
        {
            throw new ConfigurationException($"paxi.address is empty: it must name every replica, as \"1.1\" = \"{Form}\" ({file.Locate("address")})");
        }

        foreach (var (id, text) in Section(file, "http-address"))
        {
            var key = $"paxi.http-address.\"{id}\" = {text}";
            if (!remote.Exists(replica => replica.Id == id))
            {
                throw new ConfigurationException($"{key}: no such replica in paxi.address; it may be {string.Join(", ", remote.Select(replica => replica.Id))} ({file.Locate("http-address")})");
            }

            var uri = ParseRest(key, text, file.Locate("http-address"));
            Take(taken, uri.Host, uri.Port, key, file);
            rest.Add(id, uri);
        }

        return [.. remote.Select(replica => new ReplicaAddress(replica.Id, replica.Address, rest.GetValueOrDefault(replica.Id)))];
    }

    /// <summary>Zones of replicas on this machine: remoting at 4111, 4112, …, 4121, … (zone and node in the port), REST from 8080 in order.</summary>
    public static ImmutableArray<ReplicaAddress> Local(int zones, int nodes)
    {
        if (zones is < 1 or > 9 || nodes is < 1 or > 9 || zones * nodes > Quorums.VoteSet.MaxMembers)
        {
            throw new ConfigurationException($"--zones {zones} --nodes {nodes}: each may be 1 to 9, and together at most {Quorums.VoteSet.MaxMembers} replicas");
        }

        return [.. from zone in Enumerable.Range(1, zones)
                   from node in Enumerable.Range(1, nodes)
                   select new ReplicaAddress(
                       new ReplicaId((ushort)zone, (ushort)node),
                       new Address("akka.tcp", PaxiSettings.SystemName, "127.0.0.1", 4100 + (10 * zone) + node),
                       new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{8080 + ((zone - 1) * nodes) + node - 1}")))];
    }

    /// <summary>An address of a node's actor system, as in the configuration or behind <c>--join</c>.</summary>
    /// <param name="key">Key and value as written, for the message.</param>
    /// <param name="where">The file and line, or null.</param>
    /// <param name="anySystem">Whether the actor system may be called otherwise than a node's.</param>
    public static Address ParseRemote(string key, string text, string? where, bool anySystem = false)
    {
        Address address;
        try
        {
            address = Address.Parse(text);
        }
        catch (Exception fault) when (fault is UriFormatException or ArgumentException or FormatException)
        {
            throw Wrong(key, $"it must be {Form}", where);
        }

        if (address.Protocol != "akka.tcp" || string.IsNullOrEmpty(address.Host) || address.Port is null or < 1 or > 65535 || !text.EndsWith($":{address.Port}", StringComparison.Ordinal))
        {
            throw Wrong(key, $"it must be {Form}", where);
        }

        if (address.System != PaxiSettings.SystemName && !anySystem)
        {
            throw Wrong(key, $"the actor system is called {PaxiSettings.SystemName}, not {address.System}: {Form}", where);
        }

        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            throw Wrong(key, "others cannot reach this address; write the one they know, and set akka.remote.dot-netty.tcp.hostname to listen on all", where);
        }

        return address;
    }

    private static Uri ParseRest(string key, string text, string where)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.Host.Length == 0 || uri.Port is < 1 or > 65535
            || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Wrong(key, "it must be http://HOST:PORT", where);
        }

        return uri;
    }

    private static IEnumerable<(ReplicaId Id, string Text)> Section(HoconFile file, string name)
    {
        if (!file.Content.HasPath($"paxi.{name}"))
        {
            yield break;
        }

        foreach (var (key, value) in file.Content.GetValue($"paxi.{name}").GetObject().Items)
        {
            if (!ReplicaId.TryParse(key, out var id) || id.ToString() != key)
            {
                var advice = value.IsObject() ? "write the id in quotes, as \"1.1\"" : "a replica's id is ZONE.NODE in quotes, as \"1.1\"";
                throw new ConfigurationException($"paxi.{name}.{key.ReplaceLineEndings(" ")}: {advice} ({file.Locate(key)})");
            }

            if (!value.IsString())
            {
                throw new ConfigurationException($"paxi.{name}.\"{id}\" is a section or list; it must be an address in quotes ({file.Locate(key)})");
            }

            yield return (id, value.GetString().Trim());
        }
    }

    private static void Take(Dictionary<string, string> taken, string host, int port, string key, HoconFile file)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        if (!taken.TryAdd(place, key))
        {
            throw new ConfigurationException($"{key}: {place} is taken by {taken[place].Split(" = ")[0]} ({file.Locate("address")})");
        }
    }

    private static ConfigurationException Wrong(string key, string what, string? where) => new($"{key}: {what}{(where is null ? "" : $" ({where})")}");
}
