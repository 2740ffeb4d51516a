using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos.Policies;

namespace Paxi.Protocols.WPaxos;

/// <summary>What an owner actor is made of.</summary>
/// <param name="Owned">The ballot in which this replica owns the object; zero when it does not.</param>
/// <param name="Decided">When owned: the last decided slot.</param>
/// <param name="Policy">Null where the owner never gives the object away.</param>
internal sealed record OwnerStart(
    ObjectKey Object, ReplicaContext Context, WPaxosOptions Options, bool IsPlaced, Ballot Owned, long Decided, Func<IStealPolicy>? Policy);

/// <summary>
/// Gets one object's commands decided: phase 1 when this replica does not own the object, then phase 2. A child of <see cref="OwnersActor"/>, through which it talks to the
/// replicas. In one of the states idle (not the owner), asking the acceptor, preparing (phase 1), backing off before another phase 1, owning (phase 2), gone.
/// </summary>
internal sealed partial class OwnerActor : UntypedActor, IWithTimers
{
    /// <summary>In election timeouts.</summary>
    private const int StreakLength = 4;

    private readonly ObjectKey _object;
    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly bool _isPlaced;
    private readonly Queue<(OwnedRequest Request, TimeSpan Since)> _waiting = new();
    private readonly IStealPolicy? _policy;
    private ReplicaStreak _streak;
    private State _state = State.Idle;
    private Ballot _highest;
    private bool _isFillQueued;

    public OwnerActor(OwnerStart start)
    {
        (_object, _context, _options, _isPlaced) = (start.Object, start.Context, start.Options, start.IsPlaced);
        _policy = start.Policy?.Invoke();
        if (!start.Owned.IsZero)
        {
            _highest = start.Owned;
            // It was free when it was passivated.
            _slots = new ObjectSlots(start.Owned, start.Decided);
            (_state, _tie) = (State.Owning, TieState.Free);
        }
    }

    private enum State : byte
    {
        Idle,
        Asking,
        BackingOff,
        Preparing,
        Owning,
        Gone,
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(OwnerStart start) => Akka.Actor.Props.Create(() => new OwnerActor(start));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Serve serve:
                OnServe(serve);
                break;
            case SlotDecided decided:
                OnDecided(decided);
                break;
            case FillDue:
                _isFillQueued = false;
                Fill();
                break;
            case Promise promise:
                OnPromise(promise);
                break;
            case ObjectKnown known:
                OnKnown(known);
                break;
            case Reject reject:
                OnHigher(reject.Promised);
                break;
            case BallotSeen seen:
                OnHigher(seen.Ballot);
                break;
            case TakeOver when _state == State.Idle:
                _isForced = true;
                AskAfterBackOff();
                break;
            case PrepareAgain:
                OnPrepareAgain();
                break;
            case BackOffEnded when _state == State.BackingOff:
                Ask();
                break;
            case Rest:
                OnRest();
                break;
            default:
                OnTransaction(message);
                break;
        }
    }

    private void OnTransaction(object message)
    {
        switch (message)
        {
            case TieKnown known:
                OnTieKnown(known);
                break;
            case Reserve reserve:
                OnReserve(reserve);
                break;
            case Put put:
                OnPut(put);
                break;
            case Unreserve unreserve:
                OnUnreserve(unreserve);
                break;
            case TieDue:
                OnTieDue();
                break;
            case TakeOver when _tie == TieState.Tied && _reservation is null:
                Context.Parent.Tell(new Tied(_object, _share!), Self);
                break;
            case TakeOver or BackOffEnded:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnServe(Serve serve)
    {
        var request = serve.Request;
        if (_state == State.Gone || (_state == State.Idle && serve.Mode == ServeMode.IfOwned))
        {
            Context.Parent.Tell(new Returned(_object, [request]), Self);
            return;
        }

        var now = Now;
        if (_waiting.TryPeek(out var oldest) && now - oldest.Since > _options.MaxWait)
        {
            // What is let in behind it would be given up by its client before it is done.
            Context.Parent.Tell(new Dropped(_object, request.Batch.Count), Self);
            return;
        }

        _waiting.Enqueue((request, now));
        _isForced |= serve.Mode == ServeMode.Steal;
        switch (_state)
        {
            case State.Owning:
                FillNowOrQueue();
                if (_policy is { } policy && IsBetterOffAt(request.Asked, policy, now))
                {
                    Context.Parent.Tell(new Move(_object, request.Asked), Self);
                }

                break;
            case State.Idle:
                AskAfterBackOff();
                break;
            default:
                break;
        }
    }

    /// <summary>The policy decides between zones. Within the zone the object follows its clients, slowly, for phase 1 costs more than the hop that it saves.</summary>
    private bool IsBetterOffAt(ReplicaId asked, IStealPolicy policy, TimeSpan now)
    {
        var isHit = policy.Hit(asked, now);
        var isStreak = _streak.Hit(asked, now, StreakLength * _options.ElectionTimeout);
        return asked.Zone == _context.Self.Zone ? isStreak && asked != _context.Self : isHit;
    }

    /// <summary>A request that finds nothing under way is proposed at once; others behind everything that is in the mailbox now, so that what came together is proposed together.</summary>
    private void FillNowOrQueue()
    {
        if (_isFillQueued)
        {
            return;
        }

        if (_slots!.Open == 0)
        {
            Fill();
            return;
        }

        _isFillQueued = true;
        Self.Tell(FillDue.Instance);
    }

    /// <summary>Another replica acts in this object with that ballot.</summary>
    private void OnHigher(Ballot ballot)
    {
        if (ballot <= _highest || ballot.Counter >= Sanity.LargestCounter)
        {
            return;
        }

        _highest = ballot;
        if (_state is State.Preparing or State.Owning)
        {
            Lose();
        }
    }

    /// <summary>The commands go to whoever has the object now; also those under way, which may be decided or not: a second copy is harmless, and somebody waits for its results.</summary>
    private void Lose()
    {
        var requests = new List<OwnedRequest>();
        _slots?.TakeRequests(requests);
        _losses++;
        GiveBack(requests);
    }

    private void GiveBack(List<OwnedRequest> requests)
    {
        var waited = 0;
        while (_waiting.TryDequeue(out var waiting))
        {
            requests.Add(waiting.Request);
            waited += waiting.Request.Batch.Count;
        }

        (_state, _slots, _phase1, _isForced) = (State.Idle, null, null, false);
        (_tie, _share, _reservation, _isReservationTold, _isRecovering, _putSlot) = (TieState.Unknown, null, null, false, false, 0);
        Timers.CancelAll();
        Context.Parent.Tell(new Lost(_object, _highest, requests, waited), Self);
    }

    private void OnRest()
    {
        var isAtRest = _state == State.Idle || (_state == State.Owning && _slots!.Open == 0 && !HasRecovered && _tie == TieState.Free);
        if (_waiting.Count > 0 || _reservation is not null || !isAtRest)
        {
            return;
        }

        Context.Parent.Tell(new Retire(_object, _slots?.Ballot ?? default, _slots?.Decided ?? 0), Self);
        _state = State.Gone;
    }

    private sealed record FillDue : INoSerializationVerificationNeeded
    {
        public static readonly FillDue Instance = new();
    }
}
