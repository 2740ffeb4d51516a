using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>Which replicas are suspected, how far the zones are, and whom to ask for votes therefore: the own zone, then the nearest ones, until a quorum is there.</summary>
internal sealed class Neighbours
{
    private const double Weight = 0.2;

    private readonly ReplicaId _self;
    private readonly QuorumSystem _quorums;
    private readonly ushort[] _zones;
    private readonly double[] _roundTrips;
    private readonly VoteSet _leaving;
    private VoteSet _suspected;

    /// <param name="leaving">Members that will not vote any more once the members have changed.</param>
    public Neighbours(ReplicaId self, QuorumSystem quorums, IEnumerable<ReplicaId> leaving)
    {
        (_self, _quorums) = (self, quorums);
        ushort[] zones = [.. quorums.Members.Select(static member => member.Zone).Distinct()];
        var home = Math.Max(0, Array.IndexOf(zones, self.Zone));
        _zones = [.. zones[home..], .. zones[..home]];
        _roundTrips = new double[_zones.Length];
        Array.Fill(_roundTrips, double.MaxValue);
        All = VoteSet.All(quorums.Members.Length);
        foreach (var member in leaving)
        {
            _leaving = _leaving.With(quorums.IndexOf(member));
        }

        ChooseTargets();
    }

    /// <summary>Every member.</summary>
    public VoteSet All { get; }

    /// <summary>A phase-2 quorum that is thought to live, in whole zones; everybody when there is none.</summary>
    public VoteSet Targets { get; private set; }

    /// <summary>Whether enough live for phase 1.</summary>
    public bool CanPrepare => _quorums.IsPhase1Quorum(All.Except(_suspected));

    public bool IsSuspected(ReplicaId id) => _suspected.Contains(_quorums.IndexOf(id));

    /// <summary>Whether an object of that replica is to be taken over: it is suspected, on its way out, or no member.</summary>
    public bool IsGone(ReplicaId id) => _quorums.IndexOf(id) is var member && (member < 0 || _suspected.Contains(member) || _leaving.Contains(member));

    /// <summary>Whether this replica is on its way out.</summary>
    public bool IsLeaving => _leaving.Contains(_quorums.IndexOf(_self));

    /// <summary>A replica that stays, the same for the object at every replica with the same suspicions; null when all are gone.</summary>
    public ReplicaId? Heir(ObjectKey key)
    {
        ReplicaId[] stay = [.. _quorums.Members.Where(member => !IsGone(member))];
        return stay.Length == 0 ? null : stay[StableHash.Of(key) % (ulong)stay.Length];
    }

    public void Suspect(ReplicaId peer, bool isSuspected)
    {
        var member = _quorums.IndexOf(peer);
        if (member >= 0 && peer != _self)
        {
            _suspected = isSuspected ? _suspected.With(member) : _suspected.Without(member);
            ChooseTargets();
        }
    }

    /// <summary>An answer of that replica took that long. The order of the zones changes with the next <see cref="ChooseTargets"/>, or at once when nothing was known of the zone.</summary>
    public void Measure(ReplicaId peer, TimeSpan roundTrip)
    {
        if (peer == _self)
        {
            return;
        }

        var zone = Array.IndexOf(_zones, peer.Zone);
        if (_roundTrips[zone] == double.MaxValue)
        {
            _roundTrips[zone] = roundTrip.Ticks;
            ChooseTargets();
        }
        else
        {
            _roundTrips[zone] += Weight * (roundTrip.Ticks - _roundTrips[zone]);
        }
    }

    public void ChooseTargets()
    {
        var targets = Alive(_self.Zone);
        foreach (var zone in Enumerable.Range(1, _zones.Length - 1).OrderBy(zone => _roundTrips[zone]))
        {
            if (_quorums.IsPhase2Quorum(targets))
            {
                break;
            }

            targets = targets.Union(Alive(_zones[zone]));
        }

        Targets = _quorums.IsPhase2Quorum(targets) ? targets : All;
    }

    private VoteSet Alive(ushort zone)
    {
        var set = VoteSet.Empty;
        for (var member = 0; member < _quorums.Members.Length; member++)
        {
            set = _quorums.Members[member].Zone == zone && !_suspected.Contains(member) ? set.With(member) : set;
        }

        return set;
    }
}
