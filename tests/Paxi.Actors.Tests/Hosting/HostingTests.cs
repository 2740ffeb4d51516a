using System.Buffers.Binary;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Hosting;
using Paxi.Actors.Journal;
using Paxi.Actors.Tests.Clients;
using Paxi.Protocols;
using Paxi.TestKit;
using Xunit;
using ConfigurationException = Paxi.Actors.Configuration.ConfigurationException;

namespace Paxi.Actors.Tests.Hosting;

/// <summary>Three actor systems over loopback that replicate a state machine of the user's, as a program that embeds Paxi would set them up.</summary>
public sealed class CounterHosts : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    public static readonly ReplicaId[] Ids = [new(1, 1), new(1, 2), new(1, 3)];

    private readonly List<CountingMachine> _machines = [];

    public List<IHost> Hosts { get; } = [];

    public KeyValuePair<ReplicaId, Address>[] Addresses { get; private set; } = [];

    public int Machines
    {
        get
        {
            lock (_machines)
            {
                return _machines.Count;
            }
        }
    }

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(Ids.Length);
        Addresses = [.. Ids.Select((id, index) => KeyValuePair.Create(id, new Address("akka.tcp", PaxiSettings.SystemName, "127.0.0.1", ports[index])))];
        foreach (var (id, address) in Addresses)
        {
            Hosts.Add(BuildHost(id, address.Port!.Value));
        }

        await Task.WhenAll(Hosts.Select(host => host.StartAsync())).WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(Hosts.Select(host => host.StopAsync()));
        Hosts.ForEach(host => host.Dispose());
    }

    public static Config Remoting(int port) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}}, maximum-frame-size = 4m }
          remote.retry-gate-closed-for = 250ms
        }
        """));

    private IHost BuildHost(ReplicaId id, int port) => new HostBuilder().ConfigureServices(services => services.AddAkka(PaxiSettings.SystemName, (akka, _) => akka
        .AddHocon(Remoting(port), HoconAddMode.Prepend)
        .WithPaxi(new PaxiOptions
        {
            Self = id,
            Addresses = Addresses,
            Protocol = ProtocolList.Find("paxos"),
            Store = static () => new MemoryJournalStore(),
            StateMachine = Machine,
            Settings = ConfigurationFactory.ParseString("client.timeout = 30s"),
        }))).Build();

    private CountingMachine Machine()
    {
        lock (_machines)
        {
            _machines.Add(new CountingMachine());
            return _machines[^1];
        }
    }
}

/// <summary>Embedding, by Akka.Hosting and by the extension alone.</summary>
public sealed class HostingTests(CounterHosts counters) : IClassFixture<CounterHosts>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = CounterHosts.Patience;

    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task A_counter_is_replicated_in_three_hosts()
    {
        var clients = counters.Hosts.Select(host => PaxiExtension.Get(host.Services.GetRequiredService<ActorSystem>()).Client).ToArray();
        for (var round = 1L; round <= 30; round++)
        {
            var result = await clients[round % 3].InvokeAsync(CountingMachine.Add(42)).WaitAsync(Patience);
            Assert.Equal(round, BinaryPrimitives.ReadInt64LittleEndian(result.Span));
        }

        var read = await clients[0].InvokeAsync(CountingMachine.Read(42), isReadOnly: true).WaitAsync(Patience);
        Assert.Equal(30, BinaryPrimitives.ReadInt64LittleEndian(read.Span));
        await Assert.ThrowsAsync<PaxiFailedException>(() => clients[1].InvokeAsync(CountingMachine.Add(13)).WaitAsync(Patience));
        Assert.True(counters.Machines >= 3);
    }

    [Fact]
    public async Task Its_actors_can_be_required_and_asked()
    {
        var services = counters.Hosts[0].Services;
        var replica = services.GetRequiredService<IRequiredActor<PaxiExtension>>().ActorRef;
        var system = services.GetRequiredService<ActorSystem>();
        Assert.Equal(PaxiExtension.Get(system).Replica!.Replica, replica);

        var client = services.GetRequiredService<IRequiredActor<PaxiClient>>().ActorRef;
        var reply = await client.Ask<Reply>(new Invoke(CountingMachine.Add(1), IsReadOnly: false), Patience);
        Assert.Equal((Outcome.Done, null), (reply.Outcome, reply.Error));
    }

    [Fact]
    public async Task A_client_from_another_host_reaches_them()
    {
        using var host = new HostBuilder().ConfigureServices(services => services.AddAkka("elsewhere", (akka, _) => akka
            .AddHocon(CounterHosts.Remoting(0), HoconAddMode.Prepend)
            .WithPaxiClient(new PaxiClientOptions { Addresses = counters.Addresses }))).Build();
        await host.StartAsync().WaitAsync(Patience);

        var paxi = PaxiExtension.Get(host.Services.GetRequiredService<ActorSystem>());
        Assert.Null(paxi.Replica);
        await paxi.Client.InvokeAsync(CountingMachine.Add(2)).WaitAsync(Patience);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_process_without_a_replica_connects_by_the_configuration_file()
    {
        using var directory = new Journal.TemporaryDirectory();
        var file = Path.Combine(Directory.CreateDirectory(directory.Path).FullName, "cluster.hocon");
        var lines = counters.Addresses.Select(pair => $"paxi.address.\"{pair.Key}\" = \"{pair.Value}\"");
        await File.WriteAllLinesAsync(file, lines);
        var settings = PaxiSettings.Load(file, SettingsOverrides.None);

        await using var client = PaxiClient.Connect(settings, new ReplicaId(1, 2));
        await client.InvokeAsync(CountingMachine.Add(4)).WaitAsync(Patience);
        var fault = Assert.Throws<ConfigurationException>(() => PaxiClient.Connect(settings, new ReplicaId(7, 7)));
        Assert.Contains("no such replica", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_that_never_heard_of_the_reference_configuration_gets_a_client_by_the_extension()
    {
        var system = Create("plain", CounterHosts.Remoting(0).WithFallback(new PaxiClientOptions { Addresses = counters.Addresses }.ToHocon()));
        await PaxiExtension.Get(system).Client.InvokeAsync(CountingMachine.Add(3)).WaitAsync(Patience);
    }

    [Fact]
    public void The_extension_is_loaded_at_start_when_it_is_named()
    {
        var system = Create("loaded", ConfigurationFactory.ParseString(
            "akka.extensions = [\"Paxi.Actors.Hosting.PaxiExtensionProvider, Paxi.Actors\"]"));
        Assert.True(system.HasExtension<PaxiExtension>());
        var fault = Assert.Throws<ConfigurationException>(() => PaxiExtension.Get(system).Client);
        Assert.Contains("paxi.address is empty", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_key_is_named()
    {
        var system = Create("wrong", ConfigurationFactory.ParseString("paxi { address { \"1.1\" = \"akka.tcp://x@127.0.0.1:1\" }\nclientt.timeout = 1s }"));
        var fault = Assert.Throws<ConfigurationException>(() => PaxiExtension.Get(system).Client);
        Assert.Contains("clientt", fault.Message, StringComparison.Ordinal);
        Assert.Contains("actor system wrong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_that_listens_elsewhere_hosts_no_replica()
    {
        var addresses = new PaxiClientOptions { Addresses = counters.Addresses }.ToHocon();
        var system = Create(PaxiSettings.SystemName, CounterHosts.Remoting(0).WithFallback(addresses));
        var fault = Assert.Throws<ConfigurationException>(() => PaxiExtension.Get(system).StartReplica(new PaxiOptions
        {
            Self = CounterHosts.Ids[0],
            Protocol = ProtocolList.Find("paxos"),
        }));
        Assert.Contains("but this actor system listens at", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_hosts_one_replica_and_starts_it_before_the_client()
    {
        var paxi = PaxiExtension.Get(counters.Hosts[0].Services.GetRequiredService<ActorSystem>());
        var options = new PaxiOptions { Self = CounterHosts.Ids[0], Protocol = ProtocolList.Find("paxos") };
        Assert.Throws<InvalidOperationException>(() => paxi.StartReplica(options));
    }

    private ActorSystem Create(string name, Config config)
    {
        var system = ActorSystem.Create(name, config);
        _systems.Add(system);
        return system;
    }
}
