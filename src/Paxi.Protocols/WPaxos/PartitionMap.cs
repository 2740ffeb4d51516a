using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Which replica owns an object where that is fixed by the configuration: the zone by ranges of keys, or by consistent hashing over the zones (Karger et al., STOC 1997), and in the zone a
/// replica by the key's hash. The other replicas of the zone, then those of the zones that follow, stand in while it is suspected.
/// </summary>
internal sealed class PartitionMap
{
    private const int PointsPerZone = 64;

    private readonly ImmutableArray<ReplicaId> _members;
    private readonly ushort[] _zones;
    private readonly List<(ulong Point, ushort Zone)> _ring = [];
    private readonly List<(ObjectKey First, ushort Zone)> _ranges = [];

    /// <param name="members">Ascending.</param>
    /// <param name="ranges">Empty for consistent hashing; else <c>zone:first-key</c>, comma between, as <c>1:,2:h,3:q</c>: from that key on, up to the next range's.</param>
    /// <exception cref="ArgumentException">The ranges are none, or a zone is not there: the one line to show.</exception>
    public PartitionMap(ImmutableArray<ReplicaId> members, string ranges)
    {
        _members = members;
        _zones = [.. members.Select(static member => member.Zone).Distinct()];
        if (ranges is not "" and not "hash")
        {
            ReadRanges(ranges);
            return;
        }

        foreach (var zone in _zones)
        {
            for (var point = 0; point < PointsPerZone; point++)
            {
                _ring.Add((StableHash.Mix(((ulong)zone << 32) | (uint)point), zone));
            }
        }

        _ring.Sort();
    }

    /// <summary>The first replica in the object's order that is not suspected; the first one when all are.</summary>
    public ReplicaId Home(ObjectKey key, Func<ReplicaId, bool> isSuspected)
    {
        var hash = StableHash.Of(key);
        var start = Array.IndexOf(_zones, _ranges.Count > 0 ? InRange(key) : OnRing(hash));
        ReplicaId? first = null;
        for (var step = 0; step < _zones.Length; step++)
        {
            var zone = _zones[(start + step) % _zones.Length];
            var size = _members.Count(member => member.Zone == zone);
            var begin = 0;
            while (_members[begin].Zone != zone)
            {
                begin++;
            }

            for (var node = 0; node < size; node++)
            {
                var replica = _members[begin + (int)((hash + (ulong)node) % (ulong)size)];
                first ??= replica;
                if (!isSuspected(replica))
                {
                    return replica;
                }
            }
        }

        return first!.Value;
    }

    private ushort OnRing(ulong hash)
    {
        var (low, high) = (0, _ring.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ring[middle].Point < hash ? (middle + 1, high) : (low, middle);
        }

        return _ring[low % _ring.Count].Zone;
    }

    private ushort InRange(ObjectKey key)
    {
        var zone = _ranges[0].Zone;
        foreach (var range in _ranges)
        {
            if (range.First > key)
            {
                break;
            }

            zone = range.Zone;
        }

        return zone;
    }

    private void ReadRanges(string text)
    {
        foreach (var item in text.Split(','))
        {
            var colon = item.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !ushort.TryParse(item[..colon].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var zone) || !_zones.Contains(zone))
            {
                throw Fault(text, $"'{item}' is no zone with its first key");
            }

            var first = new ObjectKey(item[(colon + 1)..].Trim());
            if (_ranges.Count > 0 && _ranges[^1].First >= first)
            {
                throw Fault(text, $"'{item}' does not come after the range before it");
            }

            _ranges.Add((first, zone));
        }
    }

    private static ArgumentException Fault(string text, string what) =>
        new($"paxi.partition = {text}: {what}; it may be hash, or ranges as 1:,2:h,3:q");
}
