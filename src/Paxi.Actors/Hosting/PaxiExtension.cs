using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Membership;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Hosting;

/// <summary>
/// Paxi in an actor system of the user's: <c>PaxiExtension.Get(system).Client</c>. The replicas are those of the section <c>paxi</c> of
/// the system's configuration. In a system that hosts a replica the client asks that one first. Loaded at start by <c>akka.extensions =
/// ["Paxi.Actors.Hosting.PaxiExtensionProvider, Paxi.Actors"]</c>.
/// </summary>
public sealed class PaxiExtension : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly Lock _gate = new();
    private readonly Lazy<PaxiSettings> _settings;
    private readonly Lazy<AkkaTransport> _transport;
    private PaxiClient? _client;
    private ReplicaHandle? _replica;
    private ReplicaId? _self;

    internal PaxiExtension(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(Reference.Whole);
        _settings = new(() => PaxiSettings.Of(system));
        _transport = new(() => new AkkaTransport(system, _settings.Value));
        if (system.Serialization.FindSerializerForType(typeof(IWireMessage)) is not PaxiSerializer)
        {
            // The reference configuration came too late for the serializers.
            var serializer = new PaxiSerializer(system);
            system.Serialization.AddSerializer("paxi", serializer);
            system.Serialization.AddSerializationMap(typeof(IWireMessage), serializer);
        }
    }

    /// <summary>A client for the whole process, started when it is first asked for.</summary>
    /// <exception cref="ConfigurationException">The section <c>paxi</c> is wrong, or names no replica.</exception>
    public PaxiClient Client
    {
        get
        {
            lock (_gate)
            {
                return _client ??= StartClient();
            }
        }
    }

    /// <summary>The replica that this system hosts; null when it hosts none.</summary>
    public ReplicaHandle? Replica
    {
        get
        {
            lock (_gate)
            {
                return _replica;
            }
        }
    }

    /// <summary>The extension of a system, which is made when it is first asked for.</summary>
    public static PaxiExtension Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<PaxiExtension, PaxiExtensionProvider>();
    }

    /// <summary>
    /// Starts a replica in this system. Its <see cref="PaxiClientOptions.Addresses"/> and settings must be in the system's configuration
    /// already.
    /// </summary>
    /// <exception cref="ConfigurationException">The section <c>paxi</c> is wrong, or this system listens elsewhere than it says.</exception>
    /// <exception cref="JournalException">The journal cannot be opened: one line that says why.</exception>
    /// <exception cref="InvalidOperationException">The system hosts a replica already, or its client was started before.</exception>
    public ReplicaHandle StartReplica(PaxiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            if (_replica is not null || _client is not null)
            {
                throw new InvalidOperationException(
                    _replica is null ? "the replica must be started before the client of its system" : $"this system hosts replica {_self} already");
            }

            _replica = Start(options, _settings.Value);
            _self = options.Self;
            return _replica;
        }
    }

    private ReplicaHandle Start(PaxiOptions options, PaxiSettings settings)
    {
        var address = settings.Find(options.Self);
        if (!address.Remote.Equals(_system.Provider.DefaultAddress))
        {
            throw new ConfigurationException(
                $"paxi.address.\"{options.Self}\" = {address.Remote}, but this actor system listens at {_system.Provider.DefaultAddress} ({settings.Source})");
        }

        var machine = options.StateMachine ?? (() => new KeyValueStore(settings.Section.GetInt("store.max-versions")));
        var quorums = Checked(settings, () =>
        {
            var created = options.Protocol.CreateQuorums(settings.Ids, settings.Section);
            ProtocolCheck.Run(options.Protocol, options.Self, created, settings.Section, machine);
            return created;
        });
        var store = options.Store?.Invoke() ?? Open(options, settings, quorums);
        _system.RegisterOnTermination(store.Dispose);
        if (_system.HasExtension<Cluster>())
        {
            _system.ActorOf(MembershipActor.Props(_transport.Value), MembershipActor.Name);
        }

        return ReplicaHandle.Start(_system, new ReplicaStart
        {
            Self = options.Self,
            Protocol = options.Protocol,
            Quorums = quorums,
            Settings = settings.Section,
            Store = store,
            Transport = _transport.Value,
            Registry = WireRegistry.Of(options.Protocol),
            StateMachine = machine,
            Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        });
    }

    private static IJournalStore Open(PaxiOptions options, PaxiSettings settings, QuorumSystem quorums)
    {
        if (settings.Journal == JournalKind.Memory)
        {
            return new MemoryJournalStore();
        }

        var directory = Path.Combine(settings.DataDirectory, options.Self.ToString());
        return new RocksDbJournalStore(
            directory, AgreedSettings.Of(options.Protocol.Name, settings.Section).Identity(options.Self, options.Protocol.Name));
    }

    private PaxiClient StartClient()
    {
        var settings = _settings.Value;
        var first = _self ?? settings.Ids[0];
        var client = Checked(settings, () => ClientSettings.Create(settings.Section, [first, .. settings.Ids.Where(id => id != first)]));
        return PaxiClient.Start(_system, client, _transport.Value);
    }

    private static T Checked<T>(PaxiSettings settings, Func<T> part)
    {
        try
        {
            return part();
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationException($"{fault.Message.ReplaceLineEndings(" ")} ({settings.Source})", fault);
        }
    }
}

/// <summary>Names <see cref="PaxiExtension"/> to Akka.</summary>
public sealed class PaxiExtensionProvider : ExtensionIdProvider<PaxiExtension>
{
    public override PaxiExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
