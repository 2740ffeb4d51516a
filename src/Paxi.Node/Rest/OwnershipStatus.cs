using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.Node.Rest;

/// <summary>In <c>/status</c>, for a protocol in which each object has an owner of its own.</summary>
/// <param name="Objects">How many the replica owns.</param>
/// <param name="StealsPerMinute">How many it took over from other owners in the last minute.</param>
/// <param name="Owners">How many each replica owns, as far as this one has heard.</param>
/// <param name="Zones">The same for each zone.</param>
internal sealed record OwnershipStatus(
    long Objects, long StealsPerMinute, IReadOnlyDictionary<string, long> Owners, IReadOnlyDictionary<string, long> Zones)
{
    /// <summary>By the word of the role that knows; null where objects have no owners.</summary>
    public static OwnershipStatus? Of(ReplicaStatus replica)
    {
        foreach (var role in replica.Roles)
        {
            var values = role.Values.ToDictionary(StringComparer.Ordinal);
            if (values.TryGetValue("owned", out var owned) && values.TryGetValue("steals-per-minute", out var steals) && values.TryGetValue("owners", out var owners))
            {
                return Read(owned, steals, owners);
            }
        }

        return null;
    }

    private static OwnershipStatus Read(string owned, string steals, string owners)
    {
        var counts = owners.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static owner => owner.Split('=')).Select(static parts => (Id: ReplicaId.Parse(parts[0]), Count: Number(parts[1]))).ToList();
        return new OwnershipStatus(
            Number(owned), Number(steals),
            counts.ToDictionary(static owner => owner.Id.ToString(), static owner => owner.Count),
            counts.GroupBy(static owner => owner.Id.Zone).ToDictionary(
                static zone => zone.Key.ToString(CultureInfo.InvariantCulture), static zone => zone.Sum(static owner => owner.Count)));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
