using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Measurement;

/// <summary>What one replica counted up to a moment, by <c>role.name</c>: the whole numbers of its roles.</summary>
internal sealed record ReplicaCount(ReplicaId Replica, IReadOnlyDictionary<string, long> Counters);

/// <summary>What the replicas count, by their REST <c>/status</c>.</summary>
internal sealed class ReplicaCounters : IDisposable
{
    /// <summary>When nobody can be asked.</summary>
    public static readonly IReadOnlyDictionary<string, long> None = new SortedDictionary<string, long>(StringComparer.Ordinal);

    private const string SentTo = "links.sent.";
    private const string BytesTo = "links.bytes.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly (ReplicaId Id, Uri Address)[] _replicas;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    public ReplicaCounters(PaxiSettings settings) =>
        _replicas = [.. settings.Replicas.Where(static replica => replica.Rest is not null).Select(static replica => (replica.Id, replica.Rest!))];

    /// <summary>A count for each replica that answers.</summary>
    public async Task<IReadOnlyList<ReplicaCount>> ReadAsync(CancellationToken cancellation)
    {
        var counts = await Task.WhenAll(_replicas.Select(replica => ReadAsync(replica.Id, replica.Address, cancellation)));
        return [.. counts.OfType<ReplicaCount>()];
    }

    /// <summary>What was counted between the two, summed over the replicas that answered both times.</summary>
    public static IReadOnlyDictionary<string, long> Difference(IReadOnlyList<ReplicaCount> before, IReadOnlyList<ReplicaCount> after)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (_, name, count) in Differences(before, after))
        {
            if (!name.StartsWith(SentTo, StringComparison.Ordinal) && !name.StartsWith(BytesTo, StringComparison.Ordinal))
            {
                sums[name] = sums.GetValueOrDefault(name) + count;
            }
        }

        return sums;
    }

    /// <summary>What went over each link between the two.</summary>
    public static IReadOnlyList<LinkUse> Links(IReadOnlyList<ReplicaCount> before, IReadOnlyList<ReplicaCount> after)
    {
        var counts = Differences(before, after).ToDictionary(static each => (each.From, each.Name), static each => each.Count);
        return
        [
            .. counts
                .Where(static each => each.Key.Name.StartsWith(SentTo, StringComparison.Ordinal))
                .Select(each => (each.Key.From, To: each.Key.Name[SentTo.Length..], each.Value))
                .OrderBy(static link => (link.From, link.To))
                .Select(link => new LinkUse(
                    link.From.ToString(), link.To, link.Value, counts.GetValueOrDefault((link.From, BytesTo + link.To)))),
        ];
    }

    public void Dispose() => _http.Dispose();

    private static IEnumerable<(ReplicaId From, string Name, long Count)> Differences(IReadOnlyList<ReplicaCount> before, IReadOnlyList<ReplicaCount> after)
    {
        foreach (var late in after)
        {
            if (before.FirstOrDefault(early => early.Replica == late.Replica) is not { } early)
            {
                continue;
            }

            foreach (var (name, count) in late.Counters)
            {
                if (early.Counters.TryGetValue(name, out var earlier))
                {
                    // Whoever was restarted meanwhile counts from nothing again.
                    yield return (late.Replica, name, count >= earlier ? count - earlier : count);
                }
            }
        }
    }

    private async Task<ReplicaCount?> ReadAsync(ReplicaId id, Uri rest, CancellationToken cancellation)
    {
        try
        {
            return new ReplicaCount(id, Parse(await _http.GetStringAsync(new Uri(rest, "status"), cancellation)));
        }
        catch (Exception silent) when (silent is HttpRequestException or SocketException or JsonException or TaskCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static SortedDictionary<string, long> Parse(string status)
    {
        var counters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(status);
        foreach (var role in document.RootElement.GetProperty("roles").EnumerateObject())
        {
            foreach (var value in role.Value.EnumerateObject())
            {
                if (long.TryParse(value.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    counters[$"{role.Name}.{value.Name}"] = number;
                }
            }
        }

        return counters;
    }
}
