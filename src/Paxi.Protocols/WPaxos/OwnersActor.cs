using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Paxos;
using Paxi.Protocols.WPaxos.Policies;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Takes what clients want, splits it by object and finds who serves each: an owner actor here, or another replica. Parent of the owner actors: sends what they want sent, their proposals
/// together in rounds, and counts the votes.
/// </summary>
internal sealed partial class OwnersActor : UntypedActor, IWithTimers
{
    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly PartitionMap? _map;
    private readonly Func<IStealPolicy>? _policy;
    private readonly ReplicaId _self;
    private readonly IObjectStateMachine _machine;
    private readonly OwnerTable _table = new();
    private readonly Neighbours _neighbours;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly bool _isObserved;
    private readonly Random _random;
    private bool _isFlushQueued;
    private int _waiting;
    private long _commands;
    private long _resent;
    private long _refused;

    /// <param name="map">Who owns what, where that is fixed; null where it is stolen.</param>
    public OwnersActor(ReplicaContext context, WPaxosOptions options, PartitionMap? map)
    {
        (_context, _options, _map, _self) = (context, options, map, context.Self);
        _policy = map is null && options.IsAdaptive ? StealPolicies.Find(options.Policy, options.Threshold) : null;
        _machine = (IObjectStateMachine)context.OwnStateMachine;
        _neighbours = new Neighbours(context.Self, context.Quorums, context.Epoch.Before.Except(context.Epoch.Voters));
        _random = context.Random(WPaxosRoles.Owners);
        _start = unchecked((ulong)_random.NextInt64());
        _isObserved = context.Observer.Watches;
        _firstTouches = new RoleCounter(WPaxosMetrics.FirstTouches, _self);
        _steals = new RoleCounter(WPaxosMetrics.Steals, _self);
        _losses = new RoleCounter(WPaxosMetrics.Losses, _self);
        _handovers = new RoleCounter(WPaxosMetrics.Handovers, _self);
        _inherited = new RoleCounter(WPaxosMetrics.Inherited, _self);
        _passedOn = new RoleCounter(WPaxosMetrics.PassedOn, _self);
        _dropped = new RoleCounter(WPaxosMetrics.Dropped, _self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, WPaxosOptions options, PartitionMap? map) =>
        Akka.Actor.Props.Create(() => new OwnersActor(context, options, map));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accepted accepted:
                OnAccepted(accepted);
                break;
            case Propose propose:
                OnPropose(propose);
                break;
            case Offer offer:
                OnOffer(offer);
                break;
            case Chosen chosen:
                OnChosen(chosen);
                break;
            case Flush:
                OnFlush();
                break;
            case Solicit solicit:
                OnSolicit(solicit);
                break;
            case Promise promise:
                OnPromise(promise);
                break;
            case Won won:
                OnWon(won);
                break;
            case Lost lost:
                OnLost(lost);
                break;
            case Returned returned:
                OnReturned(returned);
                break;
            case BallotSeen seen:
                OnBallotSeen(seen);
                break;
            default:
                OnEvent(message);
                break;
        }
    }

    private void OnEvent(object message)
    {
        switch (message)
        {
            case Reject reject:
                OnReject(reject);
                break;
            case Dropped dropped:
                OnDropped(dropped);
                break;
            case Retire retire:
                OnRetire(retire);
                break;
            case Move move:
                OnMove(move);
                break;
            case Handover handover:
                OnHandover(handover);
                break;
            case Unsettled unsettled:
                OnUnsettled(unsettled);
                break;
            case OrphansKnown known:
                OnOrphans(known);
                break;
            case OwnerQuery query:
                Sender.Tell(OwnerOf(query.Object), Self);
                break;
            case PeerSuspected suspected:
                _neighbours.Suspect(suspected.Peer, suspected.IsSuspected);
                break;
            case Reserved reserved:
                OnReserved(reserved);
                break;
            case PutDone done:
                OnPutDone(done);
                break;
            case StatesKnown known:
                OnStates(known);
                break;
            case TieKnown known:
                OnTieKnown(known);
                break;
            case Tied tied:
                OnTied(tied);
                break;
            case Retry retry:
                OnRetry(retry);
                break;
            case AnnounceDue:
                AnnounceAll();
                break;
            case Tick:
                OnTick();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case RolesStarted:
                Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.HeartbeatInterval);
                BeginInheriting();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>A child's failure is the replica's: its roles start anew.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Escalate);

    private bool IsFromMember(ReplicaId from)
    {
        if (_context.Quorums.IndexOf(from) >= 0)
        {
            return true;
        }

        _refused++;
        return false;
    }

    /// <summary>Behind everything that is in the mailbox now, so that what came together goes together.</summary>
    private void QueueFlush()
    {
        if (!_isFlushQueued)
        {
            _isFlushQueued = true;
            Self.Tell(Flush.Instance);
        }
    }

    /// <summary>Votes come of what is decided, and room in the pipelines: so what is decided is told last.</summary>
    private void OnFlush()
    {
        _isFlushQueued = false;
        SendRounds();
        TellChosen();
        AskLearner();
        SendPassedOn();
    }

    private void OnTick()
    {
        _neighbours.ChooseTargets();
        SendAgain();
        FailOverdue();
        RestIdle();
        Inherit();
        ShowOwned(_table.Owned);
    }

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
