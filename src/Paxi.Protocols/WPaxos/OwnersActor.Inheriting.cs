using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <content>
/// The objects of replicas that have left. While a zone leaves, those that are asked for go to replicas that stay (<see cref="Successor"/>); when the new epoch begins, the others follow without
/// being asked for: each replica looks through its acceptor's table for objects whose owner is no voter any more and takes those that it is the heir of, a bounded number at a time. Phase 1 in the joint
/// epoch would not do: the roles start anew with each epoch and own nothing then.
/// </content>
internal sealed partial class OwnersActor
{
    /// <summary>Phases 1 for inherited objects under way at a time.</summary>
    private const int MaxInheriting = 64;

    private readonly Queue<ObjectKey> _orphans = new();
    private readonly HashSet<ObjectKey> _inheriting = [];
    private int? _nextOrphan;
    private bool _isAskingOrphans;

    private void BeginInheriting()
    {
        var epoch = _context.Epoch;
        if (_map is null && !epoch.IsJoint && epoch.Number > 1 && epoch.Voters.Contains(_self))
        {
            _nextOrphan = 0;
            Inherit();
        }
    }

    private void OnOrphans(OrphansKnown known)
    {
        (_isAskingOrphans, _nextOrphan) = (false, known.Next);
        foreach (var key in known.Objects)
        {
            if (_neighbours.Heir(key) == _self)
            {
                _orphans.Enqueue(key);
            }
        }

        Inherit();
    }

    private void Inherit()
    {
        while (_neighbours.CanPrepare && _inheriting.Count < MaxInheriting && _orphans.TryDequeue(out var key))
        {
            var row = _table[key];
            if (row.IsOwned || (!row.Ballot.IsZero && _context.Quorums.IndexOf(row.Ballot.Owner) >= 0) || _table.Find(key) is { IsPreparing: true })
            {
                // A request came first.
                continue;
            }

            var owner = Activate(key);
            owner.IsPreparing = true;
            _inheriting.Add(key);
            owner.Actor.Tell(TakeOver.Instance, Self);
        }

        if (_orphans.Count == 0 && _nextOrphan is { } next && !_isAskingOrphans)
        {
            _isAskingOrphans = true;
            _context.Role(WPaxosRoles.Acceptor).Tell(new OrphansQuery(next), Self);
        }
    }

    /// <summary>Phase 1 for the object has ended: here, or elsewhere, or not at all; then the first request begins it again.</summary>
    /// <param name="isOurs">This replica has won.</param>
    private void EndInheriting(ObjectKey key, bool isOurs)
    {
        if (_inheriting.Remove(key))
        {
            if (isOurs)
            {
                _inherited.Add();
            }

            Inherit();
        }
    }
}
