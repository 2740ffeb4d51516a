using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Replicas;

/// <summary>What a replica is made of. The same live and simulated; only the transport, the store, the seed and the observer differ.</summary>
public sealed record ReplicaStart
{
    /// <summary>Which replica it is.</summary>
    public required ReplicaId Self { get; init; }

    /// <summary>The same on every replica.</summary>
    public required IProtocol Protocol { get; init; }

    /// <summary>Of the configuration's voters.</summary>
    public required QuorumSystem Quorums { get; init; }

    /// <summary>The section <c>paxi</c>, with defaults.</summary>
    public required Config Settings { get; init; }

    /// <summary>The epoch of the configuration; a newer one may be in the journal.</summary>
    public Epoch FirstEpoch
    {
        get => field ??= new Epoch(1, Quorums.Members);
        init;
    }

    /// <summary>What all replicas must have alike.</summary>
    public AgreedSettings Agreed => field ??= AgreedSettings.Of(Protocol.Name, Settings);

    /// <summary>The protocol's quorums for other voters.</summary>
    public Func<ImmutableArray<ReplicaId>, QuorumSystem> Rules => voters => Protocol.CreateQuorums(voters, Settings);

    /// <summary>Stays the caller's, who disposes it after the replica has stopped.</summary>
    public required IJournalStore Store { get; init; }

    /// <summary>Carries what leaves the replica.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>The messages that it takes: the kernel's and the protocol's.</summary>
    public required WireRegistry Registry { get; init; }

    /// <summary>Makes the empty state machine.</summary>
    public required Func<IStateMachine> StateMachine { get; init; }

    /// <inheritdoc cref="ReplicaContext.StateMachineOf"/>
    public Func<string, IStateMachine>? StateMachineOf { get; init; }

    /// <summary>Where all chance of this replica comes from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Sees what the roles do.</summary>
    public IReplicaObserver Observer { get; init; } = NullObserver.Instance;
}

/// <summary>A replica in an actor system: its two top-level actors.</summary>
public sealed record ReplicaHandle(IActorRef Replica, IActorRef Links)
{
    /// <summary>The replica is at <c>/user/replica</c>.</summary>
    public const string ReplicaName = "replica";

    /// <summary>Its links are at <c>/user/links</c>.</summary>
    public const string LinksName = "links";

    /// <summary>Starts the replica in <paramref name="system"/>; it takes requests at <c>/user/links</c> as soon as its journal is read.</summary>
    public static ReplicaHandle Start(ActorSystem system, ReplicaStart start)
    {
        WireExtension.Attach(system, start.Registry);
        var random = new SeededRandom(start.Seed);
        var links = system.ActorOf(
            LinksActor.Props(start.Self, start.Agreed, start.Quorums.Members, start.Transport, start.Registry, random.Fork(LinksName))
                .WithDispatcher(Dispatchers.Roles), LinksName);
        var replica = system.ActorOf(ReplicaActor.Props(start, links).WithDispatcher(Dispatchers.Roles), ReplicaName);
        return new ReplicaHandle(replica, links);
    }
}

/// <summary>The dispatchers that the reference configuration defines.</summary>
public static class Dispatchers
{
    /// <summary>Runs links, replica and roles, one at a time, so that a hop between them costs no wake-up (<see cref="Scheduling.RoleDispatcher"/>).</summary>
    public const string Roles = "paxi.dispatcher";

    /// <summary>Runs client actors.</summary>
    public const string Client = "paxi.client.dispatcher";
}
