using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <content>The owner actors: started, told who acts in their objects, passivated; and the objects that are handed over.</content>
internal sealed partial class OwnersActor
{
    private const int MaxNameLength = 120;
    private const int MovePatience = 4;

    private long _names;

    private ActiveOwner Activate(ObjectKey key)
    {
        var now = Now;
        if (_table.Find(key) is { } found)
        {
            _table.Use(found, now);
            return found;
        }

        var row = _table[key];
        var start = new OwnerStart(key, _context, _options, _map is not null, row.IsOwned ? row.Ballot : default, row.Decided, _policy);
        var actor = Context.ActorOf(OwnerActor.Props(start).WithDispatcher(Paxi.Actors.Replicas.Dispatchers.Roles), NameOf(key));
        var added = new ActiveOwner(key, actor) { UsedAt = now };
        _table.Add(added);
        if (_table.TooMany(_options.MaxOwners) is { } oldest)
        {
            Ask(oldest, now);
        }

        return added;
    }

    /// <summary>The object's name; with a number behind it while an actor before this one goes.</summary>
    private string NameOf(ObjectKey key)
    {
        var name = Uri.EscapeDataString(key.ToString());
        if (name.Length is > 0 and <= MaxNameLength && Context.Child(name).IsNobody())
        {
            return name;
        }

        _names++;
        return string.Create(CultureInfo.InvariantCulture, $"{name[..Math.Min(name.Length, MaxNameLength)].TrimEnd('%')}~{_names}");
    }

    private ActiveOwner? FindSender(ObjectKey key) => _table.Find(key) is { } owner && owner.Actor.Equals(Sender) ? owner : null;

    private void Settle(ActiveOwner? owner, int commands)
    {
        if (owner is not null)
        {
            owner.Waiting -= commands;
            _waiting -= commands;
        }
    }

    // Phase 1.

    private void OnSolicit(Solicit solicit)
    {
        if (FindSender(solicit.Prepare.Object) is { } owner)
        {
            owner.PreparedAt = solicit.IsFirst ? Now : null;
        }

        foreach (var member in solicit.Members)
        {
            _context.Links.Send(_context.Members[member], solicit.Prepare);
        }
    }

    private void OnPromise(Promise promise)
    {
        if (!IsFromMember(promise.From) || _table.Find(promise.Object) is not { } owner)
        {
            return;
        }

        if (owner.PreparedAt is { } sent)
        {
            _neighbours.Measure(promise.From, Now - sent);
        }

        owner.Actor.Tell(promise, Self);
    }

    private void OnReject(Reject reject)
    {
        if (IsFromMember(reject.From))
        {
            SeeBallot(reject.Object, reject.Promised);
        }
    }

    private void OnBallotSeen(BallotSeen seen) => SeeBallot(seen.Object, seen.Ballot);

    private void SeeBallot(ObjectKey key, Ballot ballot)
    {
        // Its owner may have left since.
        if (ballot.Counter >= Sanity.LargestCounter)
        {
            _refused++;
            return;
        }

        if (ballot.Owner == _self)
        {
            return;
        }

        _table.See(key, ballot);
        _table.Find(key)?.Actor.Tell(new BallotSeen(key, ballot), Self);
    }

    private void OnWon(Won won)
    {
        if (FindSender(won.Object) is not { } owner)
        {
            return;
        }

        CountWon(won.Before);
        (owner.IsPreparing, owner.PreparedAt, owner.MovingTo) = (false, null, null);
        if (_table[won.Object].Ballot <= won.Ballot)
        {
            _table[won.Object] = new OwnerRow(won.Ballot, won.Decided, IsOwned: true);
        }

        if (_isObserved)
        {
            _context.Observer.Led(_self, _context.Observer.LogOf(won.Object), won.Ballot);
        }

        if (won.Knows is { } peer && peer != _self)
        {
            _context.Role(WPaxosRoles.Learner).Tell(new Missing(peer, [new Place(won.Object, won.Ballot, won.Decided)], IsWaitedFor: true), Self);
        }

        EndInheriting(won.Object, isOurs: true);
    }

    private void OnLost(Lost lost)
    {
        if (FindSender(lost.Object) is { } owner)
        {
            _losses.Add();
            Settle(owner, lost.Waited);
            Calm(owner);
            (owner.IsPreparing, owner.MovingTo) = (false, null);
            var row = _table[lost.Object];
            _table[lost.Object] = new OwnerRow(row.Ballot > lost.Highest ? row.Ballot : lost.Highest, 0, IsOwned: false);
        }

        Reroute(lost.Object, lost.Requests);
        LoseReserved(lost.Object);
        EndInheriting(lost.Object, isOurs: false);
    }

    /// <summary>Where every replica steals at once, the one that has just lost gives the winner time, the more the oftener it lost: else rivals would get nothing done but phase 1.</summary>
    private void Calm(ActiveOwner owner)
    {
        const int LargestDoubling = 6;
        var now = Now;
        owner.Losses = now > owner.RememberedUntil ? 1 : Math.Min(owner.Losses + 1, LargestDoubling);
        var longest = (1 << owner.Losses) * TimeSpan.FromTicks(Math.Max(_options.HeartbeatInterval.Ticks, _options.RetransmitInterval.Ticks / 2));
        owner.CalmUntil = now + TimeSpan.FromTicks(_random.NextInt64(longest.Ticks));

        // Not passivated before: the next loss must find this one.
        owner.RememberedUntil = owner.CalmUntil + longest;
    }

    private void OnReturned(Returned returned)
    {
        Settle(FindSender(returned.Object), returned.Requests.Sum(static request => request.Batch.Count));
        Reroute(returned.Object, returned.Requests);
    }

    private void Reroute(ObjectKey key, IReadOnlyList<OwnedRequest> requests)
    {
        foreach (var request in requests)
        {
            Route(key, request, hasLost: true);
        }
    }

    private void OnDropped(Dropped dropped)
    {
        _dropped.Add(dropped.Commands);
        Settle(FindSender(dropped.Object), dropped.Commands);
    }

    // Handing over.

    private void OnMove(Move move)
    {
        if (FindSender(move.Object) is not { } owner || _table[move.Object] is not { IsOwned: true } row
            || (owner.MovingTo is not null && Now < owner.MovingUntil) || _neighbours.IsGone(move.To) || !_neighbours.CanPrepare
            || _context.Quorums.IndexOf(move.To) < 0)
        {
            return;
        }

        _handovers.Add();
        (owner.MovingTo, owner.MovingUntil) = (move.To, Now + (MovePatience * _options.RetransmitInterval));
        _context.Links.Send(move.To, new Handover(_self, move.Object, row.Ballot));
    }

    private void OnHandover(Handover handover)
    {
        if (!IsFromMember(handover.From) || _table[handover.Object] is var row && (row.IsOwned || row.Ballot > handover.Ballot) || _map is not null || _neighbours.IsLeaving)
        {
            return;
        }

        var owner = Activate(handover.Object);
        owner.IsPreparing = true;
        owner.Actor.Tell(TakeOver.Instance, Self);
    }

    /// <summary>Nobody tells how votes here ended. An owner, or a thief, here is about to find out; else this replica takes the object to settle it.</summary>
    private void OnUnsettled(Unsettled unsettled)
    {
        if (_neighbours.IsGone(_self) || !_neighbours.CanPrepare)
        {
            // No member yet, or not for long: others have the votes too. Without a quorum nobody settles anything, and an owner that still commits would lose the object.
            return;
        }

        foreach (var key in unsettled.Objects)
        {
            var row = _table[key];
            if (row.IsOwned || _table.Find(key) is { IsPreparing: true })
            {
                // It may be tied to a transaction that was given up.
                _table.Find(key)?.Actor.Tell(TakeOver.Instance, Self);
                continue;
            }

            var owner = Activate(key);
            owner.IsPreparing = true;
            owner.Actor.Tell(TakeOver.Instance, Self);
        }
    }

    // Passivation.

    private void RestIdle()
    {
        var now = Now;
        for (var left = _table.Active; left > 0 && _table.LongestUnused is { } owner && now - owner.UsedAt >= _options.OwnerIdle; left--)
        {
            Ask(owner, now);
        }
    }

    private void Ask(ActiveOwner owner, TimeSpan now)
    {
        _table.Postpone(owner, now);
        if (now >= owner.RememberedUntil)
        {
            owner.Actor.Tell(Rest.Instance, Self);
        }
    }

    private void OnRetire(Retire retire)
    {
        if (FindSender(retire.Object) is not { } owner)
        {
            return;
        }

        var row = _table[retire.Object];
        _table[retire.Object] = row.IsOwned && row.Ballot == retire.Ballot ? row with { Decided = retire.Decided } : row with { IsOwned = false, Decided = 0 };
        _waiting -= owner.Waiting;
        _table.Remove(owner);
        EndInheriting(retire.Object, isOurs: false);

        // What is in its mailbox comes back first.
        owner.Actor.Tell(PoisonPill.Instance, Self);
    }
}
