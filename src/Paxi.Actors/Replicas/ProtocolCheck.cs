using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Replicas;

/// <summary>Checks a protocol's own options before anything is started or written.</summary>
public static class ProtocolCheck
{
    /// <param name="settings">The section <c>paxi</c>, with defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range: the one line to show.</exception>
    public static void Run(IProtocol protocol, ReplicaId self, QuorumSystem quorums, Config settings, Func<IStateMachine> machine)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        _ = Epochs.EpochOptions.Create(settings);
        using var store = new MemoryJournalStore();
        protocol.Validate(new ReplicaContext
        {
            Self = self,
            Quorums = quorums,
            Links = NoLinks.Instance,
            Store = store,
            Journal = ActorRefs.Nobody,
            Settings = settings,
            StateMachine = machine,
            Random = static _ => new SeededRandom(0),
        });
    }

    /// <summary>For the <see cref="IProtocol.Validate"/> of a protocol that orders each object by itself.</summary>
    /// <exception cref="ArgumentException">The state machine does not fall apart into objects: the one line to show.</exception>
    public static void RequireObjects(IProtocol protocol, ReplicaContext context)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(context);
        if (context.OwnStateMachine is not IObjectStateMachine)
        {
            throw new ArgumentException($"algorithm = {protocol.Name} orders each object by itself, and the state machine "
                + $"{context.OwnStateMachine.GetType().Name} has no objects (it is no {nameof(IObjectStateMachine)}); paxos takes any");
        }
    }

    /// <summary>For a check that sends nothing.</summary>
    private sealed class NoLinks : ILinks
    {
        public static readonly NoLinks Instance = new();

        public void Send(ReplicaId to, IWireMessage message) => throw new InvalidOperationException("a check of options sends nothing");

        public void Broadcast(IWireMessage message) => throw new InvalidOperationException("a check of options sends nothing");
    }
}
