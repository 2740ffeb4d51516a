using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.WPaxos;

/// <content>Phase 1: becoming the owner.</content>
internal sealed partial class OwnerActor
{
    private const int LargestBackOff = 6;
    private const int Patience = 3;
    private const string BackOffTimer = "back-off";

    private ObjectPhase1? _phase1;
    private TimeSpan _preparedAt;
    private Ballot _before;
    private bool _isForced;
    private Random? _random;

    /// <summary>Ballots lost, less the slots that were decided here since.</summary>
    private int _losses;

    /// <summary>After a lost ballot there is a pause that grows with each loss, so that rivals do not duel for ever.</summary>
    private void AskAfterBackOff()
    {
        if (_losses == 0)
        {
            Ask();
            return;
        }

        _state = State.BackingOff;
        _random ??= _context.Random($"owner-{_object}");
        var longest = (1 << Math.Min(_losses, LargestBackOff)) * _options.HeartbeatInterval / 4;
        Timers.StartSingleTimer(BackOffTimer, BackOffEnded.Instance, TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond, longest.Ticks + TimeSpan.TicksPerMillisecond)));
    }

    private void Ask()
    {
        _state = State.Asking;
        _context.Role(WPaxosRoles.Acceptor).Tell(new ObjectQuery(_object), Self);
    }

    private void OnKnown(ObjectKnown known)
    {
        if (_state != State.Asking)
        {
            return;
        }

        _highest = known.Ballot > _highest ? known.Ballot : _highest;
        if (!_isForced && !_isPlaced && _reservation is null && !_highest.IsZero && _highest.Owner != _context.Self)
        {
            GiveBack([]);
        }
        else if (_highest.Counter + 1 >= Sanity.LargestCounter)
        {
            Drop();
        }
        else
        {
            (_before, _highest) = (_highest, _highest.Next(_context.Self));
            _phase1 = new ObjectPhase1(_highest, known.Decided, _context.Quorums);
            (_state, _preparedAt) = (State.Preparing, Now);
            Solicit(All, isFirst: true);
            Timers.StartPeriodicTimer(PrepareAgain.Instance, PrepareAgain.Instance, _options.RetransmitInterval);
        }
    }

    private VoteSet All => VoteSet.All(_context.Members.Length);

    /// <summary>Members that are at the same slot get the same message.</summary>
    private void Solicit(VoteSet members, bool isFirst)
    {
        while (!members.IsEmpty)
        {
            var next = -1L;
            var same = VoteSet.Empty;
            foreach (var member in members)
            {
                var slot = _phase1!.NextOf(member);
                next = next < 0 ? slot : next;
                same = slot == next ? same.With(member) : same;
            }

            Context.Parent.Tell(new Solicit(new Prepare(_context.Self, _object, _phase1!.Ballot, next), same, isFirst), Self);
            members = members.Except(same);
        }
    }

    private void OnPrepareAgain()
    {
        if (_state != State.Preparing)
        {
            return;
        }

        if (Now - _preparedAt > Patience * _options.ElectionTimeout)
        {
            // There is no quorum: who asks again finds out whether there is one then.
            Drop();
            return;
        }

        Solicit(All.Except(_phase1!.Complete), isFirst: false);
    }

    private void Drop()
    {
        var commands = 0;
        while (_waiting.TryDequeue(out var waiting))
        {
            commands += waiting.Request.Batch.Count;
        }

        Context.Parent.Tell(new Dropped(_object, commands), Self);
        GiveBack([]);
    }

    private void OnPromise(Promise promise)
    {
        if (_state != State.Preparing || promise.Ballot != _phase1!.Ballot)
        {
            return;
        }

        var member = _context.Quorums.IndexOf(promise.From);
        switch (_phase1.Take(member, promise))
        {
            case PromiseOutcome.AskNext:
                Solicit(VoteSet.Empty.With(member), isFirst: false);
                break;
            case PromiseOutcome.Taken when _phase1.IsWon(_context.Quorums.IndexOf(_context.Self)):
                Own();
                break;
            default:
                break;
        }
    }

    private void Own()
    {
        Timers.CancelAll();
        var first = _phase1!.Base;
        _slots = new ObjectSlots(_phase1.Ballot, first);
        (_state, _isForced) = (State.Owning, false);
        Context.Parent.Tell(new Won(_object, _phase1.Ballot, first, _phase1.Knows, _before), Self);
        if (first == 0)
        {
            Recover(0, null);
        }
        else
        {
            _isRecovering = true;
            StartAskingTie();
        }
    }

    private sealed record PrepareAgain : INoSerializationVerificationNeeded
    {
        public static readonly PrepareAgain Instance = new();
    }

    private sealed record BackOffEnded : INoSerializationVerificationNeeded
    {
        public static readonly BackOffEnded Instance = new();
    }
}
