using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>
/// One group on one replica: starts the roles of Multi-Paxos for it and stands for the gateway and the journal towards them. It gives requests to its own leader when this replica leads the group, has the
/// gateway pass them on when another does, and holds them for a bounded time while nobody is known to. On a replica that is not of the group there are no roles, and all requests are passed on.
/// </summary>
internal sealed class GroupActor : UntypedActor, IWithTimers
{
    private const int MaxHeldCommands = 16_384;

    /// <summary>A replica that is not of the group forgets a leader that it has not heard for so many election timeouts.</summary>
    private const int TimeoutsUntilForgotten = 3;

    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(2);

    private readonly ReplicaContext _outer;
    private readonly PaxosOptions _options;
    private readonly byte _number;
    private readonly ImmutableArray<ReplicaId> _replicas;
    private readonly ReplicaId[] _guests;
    private readonly bool _isMember;
    private readonly GroupLinks _links;
    private readonly ReplicaContext _roles;
    private readonly Queue<Held> _held = new();
    private int _heldCommands;
    private int _nextReplica;
    private ReplicaId? _leader;
    private Ballot _ballot;

    public GroupActor(ReplicaContext outer, PaxosOptions options, GroupMap map, int group)
    {
        (_outer, _options, _number, _replicas) = (outer, options, (byte)group, map.ReplicasOf(group));
        _isMember = _replicas.Contains(outer.Self);
        _guests = [.. outer.Members.Where(member => !_replicas.Contains(member))];
        _links = new GroupLinks(_number, outer.Self, _replicas, outer.Links);
        var log = GroupMap.LogOf(group);
        _roles = outer.WithOwnRoles() with
        {
            Quorums = map.QuorumsOf(group),
            Links = _links,
            Store = new GroupStore(_number, outer.Store),
            Journal = Self,
            StateMachine = () => outer.StateMachineOf(log),
            Random = name => outer.Random($"{log} {name}"),
            Observer = new GroupObserver(log, outer.Observer),
        };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext outer, PaxosOptions options, GroupMap map, int group) =>
        Akka.Actor.Props.Create(() => new GroupActor(outer, options, map, group));

    /// <summary>A role that fails stops the replica's roles, as any does.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => GroupsActor.Escalates;

    protected override void PreStart()
    {
        if (!_isMember)
        {
            return;
        }

        _roles.Add(KernelRoles.Gateway, Self);
        var detector = PaxosProtocol.Detector(_options) with { Place = _replicas.IndexOf(_outer.Self) };
        Start(KernelRoles.Detector, DetectorActor.Props(_roles, detector));
        Start(PaxosRoles.Leader, LeaderActor.Props(_roles, _options));
        Start(PaxosRoles.Acceptor, AcceptorActor.Props(_roles, _options));
        Start(PaxosRoles.Learner, LearnerActor.Props(_roles, _options));
        Start(PaxosRoles.Reader, ReaderActor.Props(_roles, _options));
        _links.Attach(_roles);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Persist persist:
                // The journal answers the role.
                _outer.Journal.Tell(new Persist(GroupStore.Of(_number, persist.Writes), persist.Token), Sender);
                break;
            case Executed executed:
                _outer.Role(KernelRoles.Gateway).Tell(executed, Self);
                break;
            case GroupRequest request:
                Serve(request.Batch, request.Mode);
                break;
            case ProposalRefused { Reason: RefusalReason.NoLeader } refused:
                Serve(refused.Batch, ReadMode.Log);
                break;
            case ReadsRefused { Reason: RefusalReason.NoLeader } refused:
                Serve(refused.Batch, ReadMode.Leader);
                break;
            case ProposalRefused or ReadsRefused:
                _outer.Role(KernelRoles.Gateway).Tell(message, Self);
                break;
            case LeaderChanged changed:
                Follow(changed.Leader, changed.Ballot);
                break;
            case GroupLed led:
                OnLed(led);
                break;
            case RolesStarted:
                StartRoles();
                break;
            case ShowDue when _leader == _outer.Self:
                ShowToGuests();
                break;
            case LeaderSilent:
                Follow(null, _ballot);
                break;
            case HeldDue:
                ExpireHeld();
                break;
            case ShowDue:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Start(string name, Props props) => _roles.Add(name, Context.ActorOf(props.WithDispatcher(Dispatchers.Roles), name));

    private void StartRoles()
    {
        if (!_isMember)
        {
            return;
        }

        Context.Parent.Tell(new GroupStarted(_number, _links, _roles), Self);
        foreach (var name in GroupsActor.RolesOfGroup)
        {
            _roles.Role(name).Tell(RolesStarted.Instance, Self);
        }

        if (_guests.Length > 0)
        {
            Timers.StartPeriodicTimer(ShowDue.Instance, ShowDue.Instance, _options.ElectionTimeout);
        }
    }

    // Who leads.

    private void Follow(ReplicaId? leader, Ballot ballot)
    {
        var isNews = leader != _leader || ballot != _ballot;
        (_leader, _ballot) = (leader, ballot);
        if (isNews)
        {
            Context.Parent.Tell(new GroupLeader(_number, leader, ballot), Self);
        }

        if (leader is null)
        {
            return;
        }

        if (leader == _outer.Self && isNews)
        {
            ShowToGuests();
        }

        for (var left = _held.Count; left > 0; left--)
        {
            var (batch, mode) = Release();
            Serve(batch, mode);
        }
    }

    private void ShowToGuests()
    {
        foreach (var guest in _guests)
        {
            _outer.Links.Send(guest, new GroupLed(_outer.Self, _number, _ballot));
        }
    }

    private void OnLed(GroupLed led)
    {
        if (_isMember || !_replicas.Contains(led.From) || led.Ballot.Owner != led.From || led.Ballot < _ballot)
        {
            return;
        }

        Follow(led.From, led.Ballot);
        Timers.StartSingleTimer(LeaderSilent.Instance, LeaderSilent.Instance, TimeoutsUntilForgotten * _options.ElectionTimeout);
    }

    // Requests.

    private void Serve(Batch batch, ReadMode mode)
    {
        if (_isMember && (mode is ReadMode.Any or ReadMode.Quorum || _leader == _outer.Self))
        {
            if (mode == ReadMode.Log)
            {
                _roles.Role(PaxosRoles.Leader).Tell(new Propose(batch), Self);
            }
            else
            {
                _roles.Role(PaxosRoles.Reader).Tell(new ReadRequests(mode, batch), Self);
            }
        }
        else if (_leader is { } leader)
        {
            Refuse(batch, mode, RefusalReason.NoLeader, leader);
        }
        else if (!_isMember)
        {
            Refuse(batch, mode, RefusalReason.NoLeader, _replicas[_nextReplica++ % _replicas.Length]);
        }
        else if (_heldCommands + batch.Count > MaxHeldCommands)
        {
            Refuse(batch, mode, RefusalReason.Overloaded, null);
        }
        else
        {
            Hold(batch, mode);
        }
    }

    /// <summary>The gateway passes it to the leader when one is named, else tells whoever waits.</summary>
    private void Refuse(Batch batch, ReadMode mode, RefusalReason reason, ReplicaId? leader) =>
        _outer.Role(KernelRoles.Gateway).Tell(mode == ReadMode.Log ? new ProposalRefused(batch, reason, leader) : new ReadsRefused(batch, reason, leader), Self);

    private void Hold(Batch batch, ReadMode mode)
    {
        _heldCommands += batch.Count;
        _held.Enqueue(new Held(batch, mode, Now + HoldTime));
        if (!Timers.IsTimerActive(HeldDue.Instance))
        {
            Timers.StartSingleTimer(HeldDue.Instance, HeldDue.Instance, HoldTime);
        }
    }

    private (Batch Batch, ReadMode Mode) Release()
    {
        var held = _held.Dequeue();
        _heldCommands -= held.Batch.Count;
        return (held.Batch, held.Mode);
    }

    private void ExpireHeld()
    {
        while (_held.TryPeek(out var held) && held.Until <= Now)
        {
            // Not as without a leader: the gateway would hold it in its turn.
            var (batch, mode) = Release();
            Refuse(batch, mode, RefusalReason.Overloaded, null);
        }

        if (_held.TryPeek(out var next))
        {
            Timers.StartSingleTimer(HeldDue.Instance, HeldDue.Instance, next.Until - Now);
        }
    }

    private sealed record Held(Batch Batch, ReadMode Mode, TimeSpan Until);

    private sealed record HeldDue : INoSerializationVerificationNeeded
    {
        public static readonly HeldDue Instance = new();
    }

    private sealed record ShowDue : INoSerializationVerificationNeeded
    {
        public static readonly ShowDue Instance = new();
    }

    private sealed record LeaderSilent : INoSerializationVerificationNeeded
    {
        public static readonly LeaderSilent Instance = new();
    }
}
