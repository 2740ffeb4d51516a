using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>
/// Which group an object is in, and which replicas make a group. Every replica computes the same from the members and the configuration. The groups begin at one zone after another, so that their first
/// leaders, and where a group is a part of the replicas its members too, are spread over the zones and then over the replicas of each.
/// </summary>
internal sealed class GroupMap
{
    public const int MaxGroups = 64;

    private readonly ImmutableArray<ReplicaId>[] _replicas;

    /// <param name="members">All voters.</param>
    /// <param name="groups">0: one for each zone.</param>
    /// <param name="size">Replicas of a group; 0: all.</param>
    /// <exception cref="ArgumentException">There are not so many replicas: the one line to show.</exception>
    public GroupMap(ImmutableArray<ReplicaId> members, int groups, int size)
    {
        if (size > members.Length)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.group-size = {size}; it may be from 1 to {members.Length}, the number of replicas, or 0 for all of them"));
        }

        ReplicaId[][] zones = [.. members.GroupBy(static member => member.Zone).OrderBy(static zone => zone.Key).Select(static zone => zone.Order().ToArray())];
        Count = groups == 0 ? Math.Min(zones.Length, MaxGroups) : groups;
        _replicas = [.. Enumerable.Range(0, Count).Select(group => Order(zones, group)[..(size == 0 ? members.Length : size)])];
    }

    public int Count { get; }

    public int GroupOf(ObjectKey key) => (int)(StableHash.Of(key) % (ulong)Count);

    /// <summary>The replicas of a group, the one first that is to lead it when all are new.</summary>
    public ImmutableArray<ReplicaId> ReplicasOf(int group) => _replicas[group];

    public QuorumSystem QuorumsOf(int group) => QuorumSystem.Majority(_replicas[group]);

    /// <summary>How the log of the group is called.</summary>
    public static string LogOf(int group) => string.Create(CultureInfo.InvariantCulture, $"group {group}");

    /// <summary>Zone after zone, from the group's own on, one replica of each, and so on until all are taken.</summary>
    private static ImmutableArray<ReplicaId> Order(ReplicaId[][] zones, int group)
    {
        var order = ImmutableArray.CreateBuilder<ReplicaId>();
        var largest = zones.Max(static zone => zone.Length);
        for (var step = 0; step < zones.Length * largest; step++)
        {
            var zone = zones[(group + step) % zones.Length];
            var round = step / zones.Length;
            if (round < zone.Length)
            {
                order.Add(zone[((group / zones.Length) + round) % zone.Length]);
            }
        }

        return order.ToImmutable();
    }
}
