using System.Globalization;
using Paxi.Actors;

namespace Paxi.Protocols.WPaxos.Policies;

/// <summary>Makes policies from their name and threshold.</summary>
/// <param name="Name">As in <c>paxi.steal.policy</c>.</param>
/// <param name="Least">The smallest threshold.</param>
/// <param name="Most">The largest threshold.</param>
/// <param name="Create">From the threshold; null where an object never moves.</param>
public sealed record StealPolicyDefinition(string Name, double Least, double Most, Func<double, IStealPolicy>? Create);

/// <summary>Every policy there is; one line each.</summary>
public static class StealPolicies
{
    public static IReadOnlyList<StealPolicyDefinition> All { get; } =
    [
        new("null", 0, 1e6, null),
        new("immediate", 0, 1e6, static _ => new ImmediatePolicy()),
        new("consecutive", 1, 1e6, static threshold => new ConsecutivePolicy((int)threshold)),
        new("majority", 0.001, 1e6, static threshold => new MajorityPolicy(TimeSpan.FromSeconds(threshold))),
        new("ema", 0.001, 1, static threshold => new EmaPolicy(threshold)),
    ];

    /// <returns>Makes the policy of an object; null where it never moves.</returns>
    /// <exception cref="ArgumentException">There is no such policy, or the threshold is out of its range.</exception>
    public static Func<IStealPolicy>? Find(string name, double threshold)
    {
        foreach (var policy in All)
        {
            if (policy.Name == name)
            {
                if (!(threshold >= policy.Least && threshold <= policy.Most))
                {
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                        $"paxi.steal.threshold = {threshold}; with policy = {name} it may be from {policy.Least} to {policy.Most}"));
                }

                return policy.Create is { } create ? () => create(threshold) : null;
            }
        }

        throw new ArgumentException($"paxi.steal.policy = {name}; it may be {string.Join(", ", All.Select(policy => policy.Name))}");
    }
}

/// <summary>With each request.</summary>
internal sealed class ImmediatePolicy : IStealPolicy
{
    public bool Hit(ReplicaId asked, TimeSpan now) => true;
}

/// <summary>After so many requests in a row from the same zone.</summary>
internal sealed class ConsecutivePolicy(int threshold) : IStealPolicy
{
    private ushort _zone;
    private int _hits;

    public bool Hit(ReplicaId asked, TimeSpan now)
    {
        _hits = asked.Zone == _zone ? Math.Min(_hits + 1, threshold) : 1;
        _zone = asked.Zone;
        return _hits >= threshold;
    }
}

/// <summary>
/// To the zone that more than half of the requests of an interval came from; decided with the first of its requests after the interval's end, which begins the next one (WPaxos, section 5: majority-zone
/// migration).
/// </summary>
internal sealed class MajorityPolicy(TimeSpan interval) : IStealPolicy
{
    private readonly List<(ushort Zone, int Hits)> _zones = [];
    private TimeSpan? _since;
    private int _total;
    private ushort? _majority;

    public bool Hit(ReplicaId asked, TimeSpan now)
    {
        _since ??= now;
        if (now - _since >= interval)
        {
            _majority = null;
            foreach (var (zone, hits) in _zones)
            {
                if (2 * hits > _total)
                {
                    _majority = zone;
                }
            }

            _zones.Clear();
            (_since, _total) = (now, 0);
        }

        Count(asked.Zone);
        return _majority == asked.Zone;
    }

    private void Count(ushort zone)
    {
        _total++;
        for (var index = 0; index < _zones.Count; index++)
        {
            if (_zones[index].Zone == zone)
            {
                _zones[index] = (zone, _zones[index].Hits + 1);
                return;
            }
        }

        _zones.Add((zone, 1));
    }
}

/// <summary>To the zone whose exponential moving average of the share of the requests is above one half.</summary>
/// <param name="alpha">The weight of the last request, above 0 and up to 1.</param>
internal sealed class EmaPolicy(double alpha) : IStealPolicy
{
    private readonly List<(ushort Zone, double Share)> _zones = [];

    public bool Hit(ReplicaId asked, TimeSpan now)
    {
        var share = -1.0;
        for (var index = 0; index < _zones.Count; index++)
        {
            var (zone, old) = _zones[index];
            var next = (old * (1 - alpha)) + (zone == asked.Zone ? alpha : 0);
            _zones[index] = (zone, next);
            share = zone == asked.Zone ? next : share;
        }

        if (share < 0)
        {
            share = alpha;
            _zones.Add((asked.Zone, share));
        }

        return share > 0.5;
    }
}
