using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols;

namespace Paxi.Node.Configuration;

/// <summary>Settings with what their words stand for: the protocol, its quorums, the clients' settings. Everything that can be checked before a start is checked.</summary>
internal sealed class Deployment
{
    private Deployment(PaxiSettings settings, IProtocol protocol, QuorumSystem quorums)
    {
        Settings = settings;
        Protocol = protocol;
        Quorums = quorums;
    }

    public PaxiSettings Settings { get; }

    public IProtocol Protocol { get; }

    public QuorumSystem Quorums { get; }

    /// <exception cref="ConfigurationException">An unknown algorithm, quorums that miss each other, an option of the protocol or client out of range.</exception>
    public static Deployment Of(PaxiSettings settings)
    {
        var protocol = Checked(settings.Overrides.Algorithm is null ? settings.Source : "--algorithm", () => ProtocolList.Find(settings.Algorithm));
        var quorums = Checked(settings.Source, () => protocol.CreateQuorums(settings.Ids, settings.Section));
        var deployment = new Deployment(settings, protocol, quorums);
        var context = new ReplicaContext
        {
            Self = settings.Ids[0],
            Quorums = quorums,
            Links = NoLinks.Instance,
            Store = new MemoryJournalStore(),
            Journal = ActorRefs.Nobody,
            Settings = settings.Section,
            StateMachine = deployment.StateMachine,
            Random = static _ => new SeededRandom(0),
        };
        Checked(settings.Source, () =>
        {
            protocol.Validate(context);
            deployment.Client(settings.Ids);
            return 0;
        });
        return deployment;
    }

    public IStateMachine StateMachine() => new KeyValueStore(Settings.Section.GetInt("store.max-versions"));

    /// <param name="replicas">Whom that client may ask; the first is asked first.</param>
    public ClientSettings Client(ImmutableArray<ReplicaId> replicas) => ClientSettings.Create(Settings.Section, replicas);

    private static T Checked<T>(string where, Func<T> part)
    {
        try
        {
            return part();
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationException($"{fault.Message.ReplaceLineEndings(" ")} ({where})", fault);
        }
    }

    /// <summary>For a check that sends nothing.</summary>
    private sealed class NoLinks : ILinks
    {
        public static readonly NoLinks Instance = new();

        public void Send(ReplicaId to, IWireMessage message) { }

        public void Broadcast(IWireMessage message) { }
    }
}
