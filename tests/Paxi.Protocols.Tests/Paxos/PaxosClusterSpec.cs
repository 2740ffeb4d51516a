using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Whole clusters in the simulated world, with every check attached: what each test names must hold, and no step may break a property.</summary>
public abstract class PaxosClusterSpec : IDisposable
{
    private SimulatedCluster? _cluster;

    protected SimulatedCluster Cluster => _cluster ?? throw new InvalidOperationException("call Start first");

    protected SimulatedClient Client { get; private set; } = null!;

    public void Dispose()
    {
        try
        {
            _cluster?.ThrowIfFailed();
        }
        finally
        {
            _cluster?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Starts a cluster and waits until a first write is done.</summary>
    protected void Start(string settings = "", int nodes = 3, ulong seed = 1)
    {
        _cluster = new SimulatedCluster(new PaxosProtocol(), new ClusterOptions { Settings = settings, Nodes = nodes, Seed = seed });
        Cluster.Start();
        Advance(10);
        Client = Cluster.AddClient();
        Put("first", "write");
    }

    protected void Put(string key, string value, TimeSpan? within = null)
    {
        var reply = Client.Execute(new Set(key, Encoding.UTF8.GetBytes(value)), within);
        Assert.Equal(Outcome.Done, reply.Outcome);
        Cluster.ThrowIfFailed();
    }

    /// <summary>A client whose commands are given up soon, so that what is lost stays lost.</summary>
    protected SimulatedClient AddHastyClient(ReplicaId to)
    {
        var client = Cluster.AddClient([to], static settings => settings with { Timeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(Outcome.Done, client.Execute(new Set("session", "open"u8.ToArray())).Outcome);
        return client;
    }

    protected static void SendOnce(SimulatedClient client, string key) => client.Send(new Set(key, "once"u8.ToArray()), static _ => { });

    protected void PutMany(int count, string value)
    {
        for (var key = 0; key < count; key++)
        {
            Put($"k{key}", value);
        }
    }

    protected string? Get(string key, ReadMode? mode = null, SimulatedClient? client = null)
    {
        var reply = (client ?? Client).Execute(new Get(key) { Mode = mode });
        Assert.Equal(Outcome.Done, reply.Outcome);
        Cluster.ThrowIfFailed();
        return reply.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    protected void Advance(double milliseconds) => Cluster.World.Advance(TimeSpan.FromMilliseconds(milliseconds));

    protected void Converge(double withinMilliseconds = 5_000)
    {
        Cluster.World.Run(Cluster.HasConverged, TimeSpan.FromMilliseconds(withinMilliseconds));
        Assert.True(Cluster.HasConverged(), "the replicas have not executed the same");
        Cluster.CheckConverged();
        Cluster.ThrowIfFailed();
    }

    protected ReplicaId Leader => Cluster.Leader ?? throw new InvalidOperationException("nobody has led yet");

    protected ReplicaId[] Followers => [.. Cluster.Replicas.Where(id => id != Leader)];

    protected string Name(ReplicaId id) => Cluster.Node(id).Name;

    protected string[] Others(ReplicaId id) => [.. Cluster.Replicas.Where(other => other != id).Select(Name)];

    /// <summary>A number that a role of a replica shows.</summary>
    protected long Number(ReplicaId id, string role, string name) => long.Parse(Cluster.StatusOf(id)!.Find(role, name)!);
}
