using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;

namespace Paxi.Actors.Replicas;

/// <summary>
/// A node's replica, at <c>/user/replica</c>: starts the journal, the gateway and the protocol's roles, and stops them all together.
/// A role that fails may have broken its state, so one failure stops all of them and they start again from the journal, a bounded number of times;
/// a journal that fails stops them for good, because a replica that cannot write must not answer. An injected crash does the same and starts them after its time.
/// </summary>
public sealed class ReplicaActor : UntypedActor, IWithTimers
{
    /// <summary>How often roles that failed are started again before the replica gives up.</summary>
    public const int MaxRestarts = 8;

    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly ReplicaStart _start;
    private readonly IActorRef _links;
    private readonly SeededRandom _random;
    private readonly List<IActorRef> _children = [];
    private readonly List<IActorRef> _roles = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ReplicaState _state = ReplicaState.Starting;
    private IActorRef? _journal;
    private IActorRef? _epochs;
    private ReplicaContext? _context;
    private Epoch _epoch;
    private EpochChanged? _next;
    private TimeSpan? _startAfter;
    private string _reason = "";
    private ulong _starts;
    private int _restarts;

    public ReplicaActor(ReplicaStart start, IActorRef links)
    {
        _start = start;
        _links = links;
        _epoch = start.FirstEpoch;
        _random = new SeededRandom(start.Seed);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ReplicaStart start, IActorRef links) => Akka.Actor.Props.Create(() => new ReplicaActor(start, links));

    protected override void PreStart() => AwaitStore();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, Timeout.Infinite, failure =>
    {
        _log.Error(failure, "a role of replica {0} failed", _start.Self);
        Self.Tell(new RoleFailed(failure.Message));
        return Directive.Stop;
    }, loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StoreReady ready when _state == ReplicaState.Starting:
                StartAll(ready);
                break;
            case EpochChanged changed:
                Change(changed);
                break;
            case Persisted { Token: EpochChanged }:
                StartRoles();
                break;
            case EpochRequest:
                Sender.Tell(EpochView.Of(_epoch));
                break;
            case ChangeMembers change when _epochs is not null && _start.Protocol.ChangesMembers:
                _epochs.Forward(change);
                break;
            case ChangeMembers:
                Sender.Tell(new ChangeEnded(EpochView.Of(_epoch), _epochs is null ? "the replica is not running" : $"{_start.Protocol.Name} cannot change its members"));
                break;
            case OwnerQuery query when _state == ReplicaState.Running:
                Context.Child(KernelRoles.Gateway).Forward(query);
                break;
            case OwnerQuery:
                Sender.Tell(new OwnerAnswer(null, Ballot.Zero));
                break;
            case RoleFailed failed when _state == ReplicaState.Running || _next is not null:
                Restart(failed.Reason);
                break;
            case JournalFailed failed:
                Fail(failed.Fault.Message);
                break;
            case InjectFault { Fault: CrashFault crash } inject:
                Crash(crash);
                Sender.Tell(new FaultInjected(inject.Fault));
                break;
            case InjectFault inject:
                _links.Tell(inject);
                Sender.Tell(new FaultInjected(inject.Fault));
                break;
            case Terminated terminated:
                Gone(terminated.ActorRef);
                break;
            case StartAgain when _state == ReplicaState.Stopped:
                AwaitStore();
                break;
            case StatusRequest:
                Context.ActorOf(StatusCollector.Props(_start.Self, _state, _reason, [_links, .. _children], Sender)
                    .WithDispatcher(Dispatchers.Roles));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An empty commit: when it is done, so is everything that roles before a restart had handed to the store.</summary>
    private void AwaitStore()
    {
        _state = ReplicaState.Starting;
        var self = Self;
        _start.Store.Commit([], fault => self.Tell(new StoreReady(fault)));
    }

    private void StartAll(StoreReady ready)
    {
        if (ready.Fault is not null)
        {
            Fail(ready.Fault.Message);
            return;
        }

        try
        {
            (_epoch, _) = EpochJournal.Read(_start.Store, _start.FirstEpoch);
        }
        catch (JournalException damage)
        {
            Fail(damage.Message);
            return;
        }

        if (_epoch.Number == _start.FirstEpoch.Number && _epoch != _start.FirstEpoch)
        {
            _log.Warning("the configuration lists other voters than the journal of {0}; the journal counts: {1}", _start.Self, _epoch);
        }

        _journal = Child(JournalActor.Props(_start.Store, Self), KernelRoles.Journal);
        StartEpochs();
        StartRoles();
    }

    /// <summary>The epochs outlive the roles of one epoch.</summary>
    private void StartEpochs()
    {
        var links = new ReplicaLinks(_start.Self, _links, _start.Registry, 0);
        var context = MakeContext(_random.Fork($"epochs-{_starts + 1}"), links);
        _epochs = Child(EpochsActor.Props(context, EpochOptions.Create(_start.Settings), _start.Rules), KernelRoles.Epochs);
        context.Add(KernelRoles.Epochs, _epochs);
        links.Attach(context);
        _links.Tell(new LinksActor.AttachEpochs(_epochs));
    }

    private void StartRoles()
    {
        var isNext = _next is not null;
        (_reason, _next) = ("", null);
        _starts++;
        var links = new ReplicaLinks(_start.Self, _links, _start.Registry, _starts);
        var context = _context = MakeContext(_random.Fork($"start-{_starts}"), links, isNext);
        _start.Observer.Began(_start.Self, _epoch, context.Quorums);
        _links.Tell(new LinksActor.StartRoles(_starts, _epoch.Number, _start.Agreed.FingerprintIn(_epoch), context.Members));
        context.Add(KernelRoles.Journal, _journal!);
        context.Add(KernelRoles.Epochs, _epochs!);
        var gateway = Child(GatewayActor.Props(context, _start.Protocol, _start.Transport), KernelRoles.Gateway);
        context.Add(KernelRoles.Gateway, gateway);
        _roles.Add(gateway);
        foreach (var role in _start.Protocol.Roles)
        {
            var actor = Child(role.Props(context), role.Name);
            context.Add(role.Name, actor);
            _roles.Add(actor);
        }

        links.Attach(context);
        foreach (var role in _roles)
        {
            if (role != gateway)
            {
                role.Tell(RolesStarted.Instance);
            }
        }

        _links.Tell(new LinksActor.AttachRoles(context));
        _state = ReplicaState.Running;
    }

    private ReplicaContext MakeContext(SeededRandom random, ILinks links, bool isNext = false) => new()
    {
        Self = _start.Self,
        Epoch = _epoch,
        IsNextEpoch = isNext,
        OldQuorums = _epoch.IsJoint ? _start.Rules(_epoch.Before) : null!,
        Quorums = _epoch.Voters.SequenceEqual(_start.Quorums.Members) && !_epoch.IsJoint ? _start.Quorums : _epoch.Quorums(_start.Rules),
        Links = links,
        Store = _start.Store,
        Journal = _journal!,
        Settings = _start.Settings,
        StateMachine = _start.StateMachine,
        StateMachineOf = _start.StateMachineOf!,
        Random = random.Fork,
        Observer = _start.Observer,
    };

    /// <summary>
    /// Another epoch: the roles stop, what they had handed to the journal is made durable, and they start again from it with the new quorums. So all that a start of the roles
    /// sends and believes belongs to one epoch, and phase 1 is done again.
    /// </summary>
    private void Change(EpochChanged changed)
    {
        _epoch = changed.Epoch;
        if (_state != ReplicaState.Running)
        {
            return;
        }

        (_state, _next, _reason) = (ReplicaState.Starting, changed, $"epoch {changed.Epoch.Number} begins");
        _links.Tell(LinksActor.PauseRoles.Instance);
        _context!.EndEpoch();
        foreach (var role in _roles)
        {
            // The gateway stops when the links have told it that no request follows.
            if (role.Path.Name != KernelRoles.Gateway)
            {
                Context.Stop(role);
            }
        }
    }

    private IActorRef Child(Props props, string name)
    {
        var child = Context.ActorOf(props.WithDispatcher(Dispatchers.Roles), name);
        Context.Watch(child);
        _children.Add(child);
        return child;
    }

    private void Restart(string reason)
    {
        _restarts++;
        if (_restarts > MaxRestarts)
        {
            Fail($"its roles failed {_restarts} times, last: {reason}");
            return;
        }

        Stop(ReplicaState.Stopping, reason, RestartPause);
    }

    private void Crash(CrashFault crash) =>
        Stop(ReplicaState.Stopping, "crashed by a fault injection", crash.For > TimeSpan.Zero ? crash.For : null);

    private void Fail(string reason)
    {
        _log.Error("replica {0} stops answering: {1}", _start.Self, reason);
        Stop(ReplicaState.Failed, reason, null);
    }

    private void Stop(ReplicaState state, string reason, TimeSpan? startAfter)
    {
        if (_state == ReplicaState.Failed)
        {
            return;
        }

        (_state, _reason, _startAfter, _next) = (state, reason, startAfter, null);
        _links.Tell(LinksActor.DetachRoles.Instance);
        foreach (var child in _children)
        {
            Context.Stop(child);
        }

        if (_children.Count == 0)
        {
            Stopped();
        }
    }

    private void Gone(IActorRef child)
    {
        _children.Remove(child);
        _roles.Remove(child);
        if (_next is not null && _state == ReplicaState.Starting && _roles.Count == 0)
        {
            _journal!.Tell(new Persist([], _next));
        }

        if (_children.Count == 0 && _state == ReplicaState.Stopping)
        {
            Stopped();
        }
    }

    private void Stopped()
    {
        if (_state == ReplicaState.Failed)
        {
            return;
        }

        _state = ReplicaState.Stopped;
        if (_startAfter is { } pause)
        {
            Timers.StartSingleTimer(StartAgain.Instance, StartAgain.Instance, pause);
        }
    }

    private sealed record StoreReady(JournalException? Fault) : INoSerializationVerificationNeeded;

    private sealed record RoleFailed(string Reason) : INoSerializationVerificationNeeded;

    private sealed record StartAgain : INoSerializationVerificationNeeded
    {
        public static readonly StartAgain Instance = new();
    }
}
