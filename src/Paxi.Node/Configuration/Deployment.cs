using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
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
        Checked(settings.Source, () =>
        {
            ProtocolCheck.Run(protocol, settings.Ids[0], quorums, settings.Section, deployment.StateMachine);
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
}
