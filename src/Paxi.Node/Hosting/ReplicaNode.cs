using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Membership;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Paxi.Node.Configuration;
using Paxi.Node.Rest;

namespace Paxi.Node.Hosting;

/// <summary>
/// One node: an actor system on Akka.Remote and Akka.Cluster with a replica, a client actor for REST, and Kestrel, in one host that starts and stops them in order.
/// </summary>
internal sealed class ReplicaNode : IAsyncDisposable
{
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(2);

    /// <summary>A graceful end takes no longer than this; then the node ends anyway, which loses nothing.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Deployment _deployment;
    private readonly ReplicaAddress _self;
    private readonly IJournalStore _store;
    private readonly NodeObserver _observer;
    private readonly WebApplication _host;
    private RestHandler? _rest;
    private IActorRef? _replica;
    private IActorRef? _membership;
    private readonly Epoch? _first;
    private readonly TaskCompletionSource _lostVote = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hadVote;

    /// <param name="first">For a node that is new to a running deployment: the epoch that it was told; null for that of the configuration.</param>
    /// <param name="store">This node's from now on; closed when it stops.</param>
    /// <param name="join">Where to look for the cluster; null for the seeds.</param>
    public ReplicaNode(Deployment deployment, ReplicaAddress self, IJournalStore store, Address? join, NodeConsole output, Epoch? first = null)
    {
        _first = first;
        _deployment = deployment;
        _self = self;
        _store = store;
        _observer = new NodeObserver(self.Id, ballot => output.Line($"{self.Id} leads with ballot {ballot}"));
        _observer.EpochBegan += OnEpoch;
        NodeMetrics.Start();
        _host = Build(join, output);
    }

    public ReplicaId Id => _self.Id;

    /// <summary>The epoch in which the replica acts.</summary>
    public Epoch Epoch => _observer.Epoch ?? _first ?? new Epoch(1, _deployment.Quorums.Members);

    /// <summary>Done when the replica has lost its vote: it has handed over what it had, and may go.</summary>
    public Task LostVote => _lostVote.Task;

    /// <summary>Cancelled when the actor system ends by itself.</summary>
    public CancellationToken Ended => _host.Lifetime.ApplicationStopping;

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts the actor system, then REST. The replica takes requests as soon as its journal is read.</summary>
    public Task StartAsync(CancellationToken cancellation) => _host.StartAsync(cancellation);

    public Task<ReplicaStatus> StatusAsync(CancellationToken cancellation) =>
        _replica!.Ask<ReplicaStatus>(StatusRequest.Instance, StatusPatience, cancellation);

    public Task<MembershipView> MembersAsync(CancellationToken cancellation) =>
        _membership!.Ask<MembershipView>(MembershipQuery.Instance, StatusPatience, cancellation);

    public async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It took too long to be graceful.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _observer.Dispose();
        // After the actors: a commit that was handed over is finished, none comes any more.
        _store.Dispose();
    }

    private WebApplication Build(Address? join, NodeConsole output)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new NodeLog(output, _self.Id.ToString(), Peers()));
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = StopPatience);
        // Who ends this node decides when: signals are the program's business.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddAkka(PaxiSettings.SystemName, (akka, _) => Configure(akka, join));
        if (_self.Rest is { } rest)
        {
            RestServer.Configure(builder, PortCheck.RestEndPoint(rest));
        }
        else
        {
            builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.Server.IServer, NoServer>();
        }

        var host = builder.Build();
        RestServer.Map(host, () => _rest!);
        return host;
    }

    /// <summary>Who is at which address, for the log.</summary>
    private Dictionary<string, string> Peers() =>
        _deployment.Settings.Replicas.ToDictionary(static replica => replica.Remote.ToString(), static replica => replica.Id.ToString(), StringComparer.Ordinal);

    private void Configure(AkkaConfigurationBuilder akka, Address? join)
    {
        var settings = _deployment.Settings;
        var host = PortCheck.RemotingHost(settings, _self);
        akka.AddHocon(SystemConfiguration.Node(settings), HoconAddMode.Prepend)
            .AddHocon(ConfigurationFactory.ParseString($"akka.remote.dot-netty.tcp.dns-use-ipv6 = {SystemConfiguration.UsesIpv6(host)}"), HoconAddMode.Prepend)
            .WithRemoting(new RemoteOptions
            {
                HostName = host,
                PublicHostName = _self.Remote.Host.Trim('[', ']'),
                Port = _self.Remote.Port,
                PublicPort = _self.Remote.Port,
            })
            .WithClustering(new ClusterOptions
            {
                Roles = [.. NodeRoles.Of(_self.Id)],
                SeedNodes = join is null ? [.. settings.Seeds.Select(seed => seed.ToString())] : [join.ToString()],
            })
            .ConfigureLoggers(static loggers =>
            {
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithActors((system, registry) => Start(system));
    }

    private void Start(ActorSystem system)
    {
        var settings = _deployment.Settings;
        var transport = new AkkaTransport(system, settings);
        var handle = ReplicaHandle.Start(system, new ReplicaStart
        {
            FirstEpoch = _first!,
            Self = _self.Id,
            Protocol = _deployment.Protocol,
            Quorums = _deployment.Quorums,
            Settings = settings.Section,
            Store = _store,
            Transport = transport,
            Registry = WireRegistry.Of(_deployment.Protocol),
            StateMachine = _deployment.StateMachine,
            Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            Observer = _observer,
        });
        _replica = handle.Replica;
        _membership = system.ActorOf(MembershipActor.Props(transport, handle.Links), MembershipActor.Name);
        // Requests go through this node's own replica first, and elsewhere when it is down; histories are asked of this one alone, since they are compared.
        // Where every replica proposes, back to the own one as soon as it answers again: who asks for an object is where its owner should be.
        int? own = _deployment.Protocol.ProposesAnywhere ? 1 : null;
        var client = Client(system, transport, "client", [_self.Id, .. settings.Ids.Where(id => id != _self.Id)], own);
        var local = Client(system, transport, "local-client", [_self.Id], own: null);
        var access = new ReplicaAccess(
            _self.Id, settings.Algorithm, _deployment.Protocol.ProposesAnywhere, _deployment.Quorums.Members, settings.Admin, _replica, _membership);
        _rest = new RestHandler(new KeyValueEndpoint(client.SendAsync, settings.ReadMode), new AdminEndpoint(access, local.SendAsync), new MembersEndpoint(access), new OwnerEndpoint(access), new StatusEndpoint(access));
    }

    private void OnEpoch(Epoch epoch)
    {
        var hasVote = epoch.Voters.Contains(_self.Id);
        if (_hadVote && !hasVote && !epoch.IsJoint)
        {
            _lostVote.TrySetResult();
        }

        _hadVote |= hasVote;
    }

    private PaxiClient Client(ActorSystem system, AkkaTransport transport, string name, IEnumerable<ReplicaId> replicas, int? own) =>
        PaxiClient.Start(system, _deployment.Client([.. replicas]) with { Own = own }, transport, name);

    /// <summary>The host listens to nobody.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
