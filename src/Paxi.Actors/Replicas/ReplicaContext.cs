using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Replicas;

/// <summary>
/// All that a role may touch of the world. Made by the replica actor, one per start of the roles. A protocol may hand a role a copy in which something is replaced
/// (<c>context with { Links = ... }</c>); the copies share the roles.
/// </summary>
public sealed record ReplicaContext
{
    private readonly StrongBox<IStateMachine?> _ownMachine = new();
    private readonly StrongBox<bool> _endsEpoch = new();

    private SortedDictionary<string, IActorRef> Roles { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The replica that the role is part of.</summary>
    public required ReplicaId Self { get; init; }

    /// <summary>Who votes in this epoch, and which sets of votes are enough; never from the membership of the cluster.</summary>
    public required QuorumSystem Quorums { get; init; }

    /// <summary>The voters, in the order of their ids.</summary>
    public ImmutableArray<ReplicaId> Members => Quorums.Members;

    /// <summary>The epoch in force when the roles start; changes come as <see cref="EpochChanged"/>.</summary>
    public Epoch Epoch { get; init; } = new(1, [new ReplicaId(1, 1)]);

    /// <summary>True when the roles start because this epoch follows another; false when they start after the process did, or a crash.</summary>
    public bool IsNextEpoch { get; init; }

    /// <summary>
    /// Whether the roles stop because another epoch begins. They start again from the journal, and what a role hands to it while it stops is there then; so it may leave there what makes the next start
    /// short. They stop for other reasons too, and then nothing is promised.
    /// </summary>
    public bool EndsEpoch => Volatile.Read(ref _endsEpoch.Value);

    /// <summary>In a joint epoch the quorums of the voters before, else those of the epoch.</summary>
    public QuorumSystem OldQuorums
    {
        get => field ?? Quorums;
        init;
    }

    /// <summary>To the other replicas.</summary>
    public required ILinks Links { get; init; }

    /// <summary>What survived, for recovery before the first message; afterwards roles write through <see cref="Journal"/> only.</summary>
    public required IJournalStore Store { get; init; }

    /// <summary>Takes <see cref="Persist"/>, answers <see cref="Persisted"/>.</summary>
    public required IActorRef Journal { get; init; }

    /// <summary>The section <c>paxi</c> of the configuration, with defaults.</summary>
    public required Config Settings { get; init; }

    /// <summary>Makes the empty state machine.</summary>
    public required Func<IStateMachine> StateMachine { get; init; }

    /// <summary>
    /// Makes the empty state machine of one log, by its name, for protocols with several logs that each have a state of their own: it gets the commands of that log alone.
    /// </summary>
    public Func<string, IStateMachine> StateMachineOf
    {
        get => field ?? (_ => StateMachine());
        init;
    }

    /// <summary>
    /// The one state machine of this start, for protocols in which more than one role looks into commands: one role executes and restores, the others call nothing but what looks at commands alone.
    /// </summary>
    public IStateMachine OwnStateMachine
    {
        get
        {
            lock (_ownMachine)
            {
                return _ownMachine.Value ??= StateMachine();
            }
        }
    }

    /// <summary>Makes the sessions around a state machine; replaced where other rules than exactly-once are wanted.</summary>
    public Func<IStateMachine, SessionLimits, ReplicatedState> ReplicatedState { get; init; } = static (machine, limits) => new ReplicatedState(machine, limits);

    /// <summary>The same for a protocol that orders each object by itself.</summary>
    public Func<IObjectStateMachine, SessionLimits, ObjectStates> ObjectStates { get; init; } = static (machine, limits) => new ReplicatedObjects(machine, limits);

    /// <summary>A generator of its own for a role, seeded from the replica's seed and the role's name.</summary>
    public required Func<string, Random> Random { get; init; }

    /// <summary>Sees what the roles do; for the checks of a simulation and for metrics.</summary>
    public IReplicaObserver Observer { get; init; } = NullObserver.Instance;

    /// <summary>The role actor of that name, on this replica.</summary>
    /// <exception cref="KeyNotFoundException">The protocol has no such role.</exception>
    public IActorRef Role(string name) => Roles[name];

    /// <summary>The role actor of that name; null when there is none.</summary>
    public IActorRef? FindRole(string name) => Roles.GetValueOrDefault(name);

    /// <summary>Before the roles are stopped for the next epoch.</summary>
    internal void EndEpoch() => Volatile.Write(ref _endsEpoch.Value, true);

    /// <summary>A copy that shares no roles with this one, for roles that run beside others of their kind; whoever starts them adds them, before they get a message.</summary>
    public ReplicaContext WithOwnRoles() => this with { Roles = new SortedDictionary<string, IActorRef>(StringComparer.Ordinal) };

    /// <summary>The role of that name is this actor.</summary>
    public void Add(string name, IActorRef role) => Roles.Add(name, role);
}

/// <summary>Names of the kernel's own roles.</summary>
public static class KernelRoles
{
    /// <summary>Group commit: <see cref="JournalActor"/>.</summary>
    public const string Journal = "journal";

    /// <summary>Client requests in, replies out: <see cref="GatewayActor"/>.</summary>
    public const string Gateway = "gateway";

    /// <summary>Who votes, and how that changes.</summary>
    public const string Epochs = "epochs";

    /// <summary>Heartbeats and suspicion, for protocols that elect; such a protocol lists it among its roles.</summary>
    public const string Detector = "detector";
}
