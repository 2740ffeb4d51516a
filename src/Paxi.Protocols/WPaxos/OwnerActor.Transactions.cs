using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.Protocols.WPaxos;

/// <content>
/// Transactions: whether the object's last slot ties it to one; and while the parent has reserved the object for one, nothing is proposed but what the parent asks for.
/// </content>
internal sealed partial class OwnerActor
{
    private TieState _tie;
    private Share? _share;
    private TimeSpan _tieAskedSince;
    private long? _reservation;
    private bool _isReservationTold;
    private long _putSlot;
    private long _putNumber;
    private bool _isRecovering;

    private enum TieState : byte
    {
        /// <summary>The last slot must be known first.</summary>
        Unknown,

        /// <summary>The learner is asked.</summary>
        Asking,

        Free,

        Tied,
    }

    /// <summary>Phase 1 is won, and what is in the last slot that a state covers is known: the votes behind it are proposed again.</summary>
    private void Recover(long executed, Share? tie)
    {
        _isRecovering = false;
        _phase1!.Bury(executed, tie is not null);
        var hasVotes = _phase1.Last > executed;
        if (hasVotes || executed > _slots!.Decided)
        {
            // A vote for what ends a transaction must be decided first, like a new one (OnPutDecided).
            _tie = hasVotes && _phase1.VoteIn(_phase1.Last)?.Share is null ? TieState.Free : TieState.Unknown;
            Fill();
        }
        else
        {
            BeTied(tie);
        }
    }

    private void BeTied(Share? tie)
    {
        _share = tie;
        _tie = tie is null ? TieState.Free : TieState.Tied;
        if (tie is not null && _reservation is null)
        {
            Context.Parent.Tell(new Tied(_object, tie), Self);
        }

        Fill();
    }

    /// <summary>Whether new things may be proposed: the last slot is none that a transaction begins with. The learner knows, once it has executed it.</summary>
    private bool IsFree()
    {
        if (_tie == TieState.Unknown && _slots!.Open == 0 && _putSlot == 0)
        {
            StartAskingTie();
        }

        return _tie == TieState.Free;
    }

    private void StartAskingTie()
    {
        (_tie, _tieAskedSince) = (TieState.Asking, Now);
        Timers.StartPeriodicTimer(TieDue.Instance, TieDue.Instance, _options.HeartbeatInterval);
        AskTie();
    }

    private void AskTie() => _context.Role(WPaxosRoles.Learner).Tell(new TieQuery(_object, _slots!.Decided), Self);

    /// <summary>The learner fetches the state that it lacks, but not for ever.</summary>
    private void OnTieDue()
    {
        if (_state != State.Owning || _tie != TieState.Asking)
        {
            Timers.Cancel(TieDue.Instance);
        }
        else if (Now - _tieAskedSince > Patience * _options.ElectionTimeout)
        {
            Drop();
        }
        else
        {
            AskTie();
        }
    }

    private void OnTieKnown(TieKnown known)
    {
        if (_state != State.Owning || _tie != TieState.Asking || known.Executed < _slots!.Decided)
        {
            return;
        }

        if (_isRecovering)
        {
            Timers.Cancel(TieDue.Instance);
            Recover(known.Executed, known.Tie);
        }
        else if (known.Executed == _slots.Decided)
        {
            Timers.Cancel(TieDue.Instance);
            BeTied(known.Tie);
        }
    }

    // Reserved.

    private void OnReserve(Reserve reserve)
    {
        if (_state == State.Gone)
        {
            Context.Parent.Tell(new Lost(_object, _highest, [], 0), Self);
            return;
        }

        (_reservation, _isReservationTold, _isForced) = (reserve.Number, false, _state != State.Owning);
        if (_state is State.Idle or State.BackingOff && !reserve.IsFirst)
        {
            Timers.Cancel(BackOffTimer);
            Ask();
        }
        else if (_state == State.Idle)
        {
            AskAfterBackOff();
        }
        else
        {
            Fill();
        }
    }

    /// <summary>Once everything proposed is decided.</summary>
    private void TellReserved()
    {
        if (!_isReservationTold && _tie is TieState.Free or TieState.Tied && _slots!.Open == 0)
        {
            _isReservationTold = true;
            Context.Parent.Tell(new Reserved(_object, _reservation!.Value, _slots.Ballot, _slots.Decided, _share), Self);
        }
    }

    private void OnPut(Put put)
    {
        if (_state != State.Owning || _reservation != put.Number || !_isReservationTold || _slots!.Open > 0)
        {
            return;
        }

        (_putSlot, _putNumber, _share, _tie) = (_slots.Last + 1, put.Number, put.Share, TieState.Unknown);
        Offer(put.Batch, put.Share, [], isOwn: put.Share is { Kind: ShareKind.Commit });
    }

    /// <summary>What ends a transaction frees the object only when it is decided: behind it there must be no vote for anything else before.</summary>
    private void OnPutDecided(long slot)
    {
        if (slot == _putSlot)
        {
            _putSlot = 0;
            _tie = _share is { Ties: true } ? _tie : TieState.Free;
            _share = _tie == TieState.Free ? null : _share;
            Context.Parent.Tell(new PutDone(_object, _putNumber, slot), Self);
        }
    }

    private void OnUnreserve(Unreserve unreserve)
    {
        if (_reservation != unreserve.Number)
        {
            return;
        }

        (_reservation, _isReservationTold) = (null, false);
        if (unreserve.IsStale && _state == State.Owning)
        {
            _losses++;
            GiveBack([]);
            return;
        }

        // It tells of the tie once more, should it still be there.
        _tie = _tie == TieState.Tied ? TieState.Unknown : _tie;
        Fill();
    }

    private sealed record TieDue : INoSerializationVerificationNeeded
    {
        public static readonly TieDue Instance = new();
    }
}
