using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>Does a <see cref="GapsEvent"/>: follows who leads, and what the leader's own acceptor votes for.</summary>
internal sealed class GapMaker
{
    /// <summary>A new leader is let be for so long on average, so that it decides something and its clients have more to ask.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    private readonly GapsEvent _fault;
    private readonly SimulatedCluster _cluster;
    private readonly FaultInjector _injector;
    private readonly SeededRandom _random;
    private ReplicaId? _leader;
    private TimeSpan _restedAt;
    private bool _isFlickering;
    private ImmutableArray<SimulatedLink> _silent = [];

    /// <param name="leader">The first.</param>
    public GapMaker(GapsEvent fault, SimulatedCluster cluster, FaultInjector injector, ReplicaId leader)
    {
        (_fault, _cluster, _injector) = (fault, cluster, injector);
        _random = cluster.World.Random.Fork($"gaps at {cluster.World.NowTicks}");
        Follow(leader);
        cluster.Stepped += Step;
        injector.After(fault.For, End);
    }

    private SimulatedWorld World => _cluster.World;

    /// <summary>Another leader then says nothing of this one.</summary>
    private bool IsOneOfMany => _leader is not null && _cluster.LedLogs.Count > 1;

    private void Follow(ReplicaId leader)
    {
        Silence(false);
        (_leader, _isFlickering, _restedAt) = (leader, false, World.Now + (s_rest * -Math.Log(1.0 - _random.NextDouble())));
    }

    private void Step(Moment moment, ReplicaId replica)
    {
        if (_injector.IsHealed)
        {
            _cluster.Stepped -= Step;
        }
        else if (moment == Moment.Lead && replica != _leader && !(_isFlickering && IsOneOfMany))
        {
            Follow(replica);
        }
        else if (moment == Moment.Vote && replica == _leader && World.Now >= _restedAt)
        {
            if (!_isFlickering)
            {
                _isFlickering = true;
                _injector.After(_fault.Flicker, () => Take(replica));
            }

            Silence(_random.NextDouble() < _fault.Loss);
        }
    }

    /// <summary>Nothing that the leader sends arrives any more, but with those who are spared; or everything does.</summary>
    private void Silence(bool value)
    {
        if (value == _silent.IsEmpty)
        {
            foreach (var link in _silent)
            {
                _injector.Lose(link, 1, begins: false);
            }

            _silent = !value ? [] : [.. _cluster.Started.Where(other => other != _leader && !_fault.Spared.Contains(other)).Select(other => _cluster.Network.Link(_leader!.Value, other))];
            foreach (var link in _silent)
            {
                _injector.Lose(link, 1, begins: true);
            }
        }
    }

    private void Take(ReplicaId leader)
    {
        if (leader != _leader)
        {
            return;
        }

        Silence(false);
        _leader = null;
        if (_fault.Crashes)
        {
            _injector.Crash(leader, _fault.Away, tears: false);
        }
        else
        {
            _injector.CutLinks(_fault.Away, [leader], [.. _cluster.Started.Where(other => other != leader)], CutDirection.Both);
        }
    }

    private void End()
    {
        _cluster.Stepped -= Step;
        Silence(false);
        _leader = null;
    }
}
