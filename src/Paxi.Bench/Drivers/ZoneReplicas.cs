using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Protocols;

namespace Paxi.Bench.Drivers;

/// <summary>Which replicas the clients of a zone ask.</summary>
internal static class ZoneReplicas
{
    /// <summary>How many zones the clients are spread over.</summary>
    public static int Count(PaxiSettings settings) => settings.Ids.Select(static id => id.Zone).Distinct().Count();

    /// <summary>The replicas of each zone, the zones in the order of their numbers; one list of all when the clients are not spread.</summary>
    public static IReadOnlyList<ImmutableArray<ReplicaId>> Of(PaxiSettings settings, bool isSpread) => isSpread
        ? [.. settings.Ids.GroupBy(static id => id.Zone).OrderBy(static zone => zone.Key).Select(static zone => zone.ToImmutableArray())]
        : [settings.Ids];

    /// <summary>
    /// For client actor number <paramref name="index"/> of the zone: another one of its replicas first, then the other zones', the zone after it first.
    /// </summary>
    public static ImmutableArray<ReplicaId> Order(PaxiSettings settings, ImmutableArray<ReplicaId> own, int index)
    {
        // Whoever is not spread asks first whom the configuration has first.
        var first = own.Length == settings.Ids.Length ? 0 : index % own.Length;
        var others = settings.Ids.Where(id => !own.Contains(id)).OrderBy(id => id.Zone < own[0].Zone).ThenBy(static id => id);
        return [.. own[first..], .. own[..first], .. others];
    }

    /// <summary>
    /// How many of that order are a client's own, see <see cref="ClientSettings.Own"/>. Where objects have owners those of its zone are: it would leave the zone with the
    /// first object that another one owns. Where one replica leads, whoever does is asked directly.
    /// </summary>
    public static int? Own(PaxiSettings settings, ImmutableArray<ReplicaId> own) =>
        ProtocolList.Find(settings.Algorithm).Promises.Owners && own.Length < settings.Ids.Length ? own.Length : null;
}
