using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Protocols.Tests.Wire;

/// <summary>
/// Replicas in actor systems of their own over loopback Akka.Remote. Every local message passes the serializers too unless it says that it never travels, so a message
/// of a role that nobody registered or marked fails here.
/// </summary>
public sealed class RemoteReplicaTests
{
    private const string Systems = """
        paxi.admin = on
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          log-dead-letters = off
          actor { provider = remote, serialize-messages = on }
          actor.serializers.json = "Paxi.Protocols.Tests.Wire.LocalMessages, Paxi.Protocols.Tests"
          remote.log-remote-lifecycle-events = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Algorithms => [.. ProtocolList.All.Select(protocol => protocol.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Commands_status_and_faults_travel_between_systems(string algorithm)
    {
        var protocol = ProtocolList.Find(algorithm);
        ImmutableArray<ReplicaId> ids = [new(1, 1), new(1, 2), new(1, 3)];
        var systems = ids.Select(_ => Create("paxi")).Append(Create("client")).ToArray();
        try
        {
            var addresses = ids.Select((id, index) => KeyValuePair.Create(id, AddressOf(systems[index]))).ToArray();
            for (var index = 0; index < ids.Length; index++)
            {
                ReplicaHandle.Start(systems[index], Start(protocol, ids, index, new AkkaTransport(systems[index], addresses)));
            }

            var outside = systems[^1];
            var client = PaxiClient.Start(outside, ClientSettings.Create(Reference.Section(), ids), new AkkaTransport(outside, addresses));
            var reply = await client.SendAsync(new Set("k", Encoding.UTF8.GetBytes("v")) { Timeout = Patience });
            Assert.True(reply.Outcome == Outcome.Done, $"{reply} {string.Join(" ", LocalMessages.Unmarked)}");
            Assert.Equal("v", Encoding.UTF8.GetString((await client.SendAsync(new Get("k") { Timeout = Patience })).Value!.Value.Span));

            var replica = ((ExtendedActorSystem)outside).Provider.ResolveActorRef($"{addresses[0].Value}/user/{ReplicaHandle.ReplicaName}");
            var status = await replica.Ask<ReplicaStatus>(StatusRequest.Instance, Patience);
            Assert.Equal((ids[0], ReplicaState.Running), (status.Id, status.State));
            Assert.Equal("0", status.Find("links", "refused"));
            Assert.Equal(5 + protocol.Roles.Count - 1, status.Roles.Count);

            var fault = new CrashFault(TimeSpan.Zero);
            Assert.Equal(new FaultInjected(fault), await replica.Ask<FaultInjected>(new InjectFault(fault), Patience));
            Assert.NotEqual(ReplicaState.Running, (await replica.Ask<ReplicaStatus>(StatusRequest.Instance, Patience)).State);
            Assert.Empty(LocalMessages.Unmarked);
            Assert.All(systems, system => Assert.Equal(0, WireExtension.Get(system).Refusals.Count));
        }
        finally
        {
            await Task.WhenAll(systems.Select(system => system.Terminate()));
        }
    }

    private static ActorSystem Create(string name) =>
        ActorSystem.Create(name, ConfigurationFactory.ParseString(Systems).WithFallback(Reference.Whole));

    private static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private static ReplicaStart Start(IProtocol protocol, ImmutableArray<ReplicaId> ids, int index, ITransport transport) => new()
    {
        Self = ids[index],
        Protocol = protocol,
        Quorums = protocol.CreateQuorums(ids, Reference.Section()),
        Settings = Reference.Section(),
        Store = new MemoryJournalStore(),
        Transport = transport,
        Registry = WireRegistry.Of(protocol),
        StateMachine = static () => new KeyValueStore(16),
        Seed = (ulong)index + 1,
    };
}

/// <summary>
/// Takes what has no other serializer, by reference. Akka's own local messages may come here; one of ours should have said that it never travels.
/// </summary>
public sealed class LocalMessages(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly ConcurrentDictionary<long, object> s_passing = new();
    private static readonly ConcurrentDictionary<Type, bool> s_unmarked = new();
    private static long s_last;

    public LocalMessages(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;

    public static IEnumerable<string> Unmarked => s_unmarked.Keys.Select(type => type.FullName!);

    public override int Identifier => 1;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj)
    {
        if (!obj.GetType().Namespace!.StartsWith("Akka", StringComparison.Ordinal))
        {
            s_unmarked[obj.GetType()] = true;
        }

        var number = Interlocked.Increment(ref s_last);
        s_passing[number] = obj;
        return BitConverter.GetBytes(number);
    }

    public override object FromBinary(byte[] bytes, string manifest) =>
        s_passing.TryRemove(BitConverter.ToInt64(bytes), out var message) ? message : throw new SerializationException("not of this process");
}
