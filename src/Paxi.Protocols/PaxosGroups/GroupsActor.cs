using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>
/// The groups of one replica: starts them, hands each what comes for it from its peers, and splits the requests of clients by group. It knows who leads each, and answers for all of them what people ask.
/// </summary>
internal sealed partial class GroupsActor : UntypedActor
{
    private readonly ReplicaContext _context;
    private readonly PaxosGroupsOptions _options;
    private readonly GroupMap _map;
    private readonly IObjectStateMachine _machine;
    private readonly Group[] _groups;
    private readonly RoleCounter _refused;
    private readonly List<IActorRef> _statusAskers = [];
    private long _executed;
    private int _statusMissing;

    public GroupsActor(ReplicaContext context, PaxosGroupsOptions options)
    {
        (_context, _options) = (context, options);
        _map = new GroupMap(context.Members, options.Groups, options.GroupSize);

        // It executes nothing; it tells which objects a command is about.
        _machine = (IObjectStateMachine)context.OwnStateMachine;
        _groups = new Group[_map.Count];
        _parts = new List<(long, ReadOnlyMemory<byte>)>?[_map.Count];
        _refused = new RoleCounter(PaxosMetrics.Refused, context.Self);
        _refusedCommands = new RoleCounter(PaxosMetrics.RefusedCommands, context.Self);
    }

    /// <summary>The roles of Multi-Paxos that a group has, in the order of their start.</summary>
    internal static IReadOnlyList<string> RolesOfGroup { get; } =
        [KernelRoles.Detector, PaxosRoles.Leader, PaxosRoles.Acceptor, PaxosRoles.Learner, PaxosRoles.Reader];

    /// <summary>For those between the replica and a role: what fails below is the replica's to judge.</summary>
    internal static SupervisorStrategy Escalates { get; } = new OneForOneStrategy(static _ => Directive.Escalate);

    public static Props Props(ReplicaContext context, PaxosGroupsOptions options) =>
        Akka.Actor.Props.Create(() => new GroupsActor(context, options));

    protected override SupervisorStrategy SupervisorStrategy() => Escalates;

    protected override void PreStart()
    {
        var options = _options.OfOne(_map.Count);
        for (var number = 0; number < _groups.Length; number++)
        {
            _context.Observer.Placed(_context.Self, GroupMap.LogOf(number), _map.QuorumsOf(number));
            var props = GroupActor.Props(_context, options, _map, number).WithDispatcher(Dispatchers.Roles);
            _groups[number] = new Group(Context.ActorOf(props, number.ToString(CultureInfo.InvariantCulture)));
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Grouped grouped:
                Deliver(grouped);
                break;
            case Propose propose:
                Split(propose.Batch, ReadMode.Log);
                break;
            case ReadRequests requests:
                Split(requests.Batch, requests.Mode);
                break;
            case GroupLed led when led.Group < _groups.Length:
                _groups[led.Group].Actor.Tell(led, Self);
                break;
            case GroupLeader news:
                (_groups[news.Group].Leader, _groups[news.Group].Ballot) = (news.Leader, news.Ballot);
                break;
            case GroupStarted started:
                (_groups[started.Group].Links, _groups[started.Group].Learner) = (started.Links, started.Context.Role(PaxosRoles.Learner));
                break;
            case OwnerQuery query:
                var group = _groups[_map.GroupOf(query.Object)];
                Sender.Tell(new OwnerAnswer(group.Leader, group.Ballot));
                break;
            case RolesStarted:
                foreach (var one in _groups)
                {
                    one.Actor.Tell(RolesStarted.Instance, Self);
                }

                break;
            case StatusQuery:
                AskStatus();
                break;
            case RoleStatus status:
                OnStatus(status);
                break;
            case GroupLed:
                _refused.Add();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Deliver(Grouped grouped)
    {
        if (grouped.Group >= _groups.Length || _groups[grouped.Group].Links is not { } links || !links.TryDeliver(grouped.Message))
        {
            _refused.Add();
        }
    }

    // Status: one line for each thing, over all groups. How far a group is, its learner knows.

    private void AskStatus()
    {
        _statusAskers.Add(Sender);
        if (_statusMissing > 0)
        {
            return;
        }

        _executed = 0;
        foreach (var group in _groups)
        {
            if (group.Learner is { } learner)
            {
                _statusMissing++;
                learner.Tell(StatusQuery.Instance, Self);
            }
        }

        AnswerStatus();
    }

    private void OnStatus(RoleStatus status)
    {
        _statusMissing--;
        foreach (var (name, value) in status.Values)
        {
            if (name == "executed")
            {
                _executed += long.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        AnswerStatus();
    }

    private void AnswerStatus()
    {
        if (_statusMissing > 0)
        {
            return;
        }

        var status = new RoleStatus(PaxosGroupsRoles.Groups,
        [
            new("groups", _groups.Length.ToString(CultureInfo.InvariantCulture)),
            new("leaders", string.Join(' ', _groups.Select(static group => group.Leader?.ToString() ?? "none"))),
            new("leads", string.Join(' ', Enumerable.Range(0, _groups.Length).Where(number => _groups[number].Leader == _context.Self))),
            new("ballots", string.Join(' ', _groups.Select(static group => group.Ballot.ToString()))),

            // Where a replica holds some of the groups only, the sum says nothing about how far it is behind others.
            new(_groups.All(static group => group.Learner is not null) ? "executed" : "executed_here", _executed.ToString(CultureInfo.InvariantCulture)),
            new("split", _split.ToString(CultureInfo.InvariantCulture)),
            new("refused_commands", _refusedCommands.ToString()),
            new("refused", _refused.ToString()),
        ]);
        foreach (var asker in _statusAskers)
        {
            asker.Tell(status, Self);
        }

        _statusAskers.Clear();
    }

    private sealed class Group(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        /// <summary>Null until the roles are there, and on a replica that is not of the group.</summary>
        public GroupLinks? Links { get; set; }

        public IActorRef? Learner { get; set; }

        public ReplicaId? Leader { get; set; }

        public Ballot Ballot { get; set; }
    }
}
