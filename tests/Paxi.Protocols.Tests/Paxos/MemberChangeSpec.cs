using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.World;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Zones join and leave a cluster while clients work, in the simulated world with every check.</summary>
/// <param name="longestStall">Milliseconds in which whatever is asked at any time of a change is answered; a client asks again by itself after 500.</param>
public abstract class MemberChangeSpec(ITestOutputHelper output, IProtocol protocol, double longestStall) : IDisposable
{
    private SimulatedCluster? _cluster;
    private TimeSpan _slowest;
    private int _done;

    private string _slowestWhat = "";
    private int _written;
    private bool _isOver;

    protected int Done => _done;

    protected SimulatedCluster Cluster => _cluster ?? throw new InvalidOperationException("call Start first");

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

    /// <summary>A zone joins while messages are lost and replicas crash; it may take longer than a change may, and goes back then.</summary>
    protected void JoinAmongFaults(string settings, ulong seeds)
    {
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            Start(settings, seed, new NetworkOptions { Delay = DelayDistribution.Uniform(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)), Loss = 0.05 });
            var random = Cluster.World.Random.Fork("crashes");
            var answers = Cluster.ChangeMembers(Cluster.Replicas[random.Next(9)], [.. Cluster.Spares], []);
            for (var round = 0; round < 6; round++)
            {
                var node = Cluster.Nodes[random.Next(Cluster.Nodes.Length)];
                node.Crash();
                Work(0.2 + random.NextDouble());
                node.Start();
                Work(random.NextDouble());
            }

            Cluster.Network.Options = Cluster.Network.Options with { Loss = 0 };
            Work(40, () => Cluster.Epochs.Newest is { IsJoint: false } epoch && (epoch.Number > 1 || answers.Count > 0));
            output.WriteLine($"seed {seed}: {Cluster.Epochs.Newest}, {_done} done");
            Finish();
            Cluster.Dispose();
        }
    }

    protected void Start(string settings, ulong seed = 1, NetworkOptions? network = null)
    {
        (_isOver, _slowest, _done) = (false, TimeSpan.Zero, 0);
        _cluster = new SimulatedCluster(protocol, new ClusterOptions
        {
            Zones = 3,
            Nodes = 3,
            SpareZones = 1,
            Settings = settings,
            Seed = seed,
            Network = network ?? new NetworkOptions { Delay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(1)) },
        });
        Cluster.Start();
        if (!protocol.ProposesAnywhere)
        {
            Cluster.World.Run(() => Cluster.Leader is not null, TimeSpan.FromSeconds(5));
        }

        Cluster.StartSpares();
        for (var number = 0; number < 6; number++)
        {
            Go(Cluster.AddClient([.. Cluster.Replicas.Concat(Cluster.Spares).Where(id => id.Node == 1 + (number % 3)).Reverse()]), $"k{number % 4}");
        }

        Work(1);
    }

    /// <summary>One client after another writes and reads; the slowest answer is noted.</summary>
    private void Go(SimulatedClient client, string key)
    {
        var begin = Cluster.World.Now;
        var number = ++_written;
        client.Send(number % 3 == 0 ? new Get(key) : new Set(key, Encoding.UTF8.GetBytes($"{number}")), reply =>
        {
            if (Cluster.World.Now - begin is var took && took > _slowest)
            {
                (_slowest, _slowestWhat) = (took, $"client {client.Number}, {key}, from {begin.TotalMilliseconds:0} ms");
            }

            _done += reply.Outcome == Outcome.Done ? 1 : 0;
            if (!_isOver)
            {
                Cluster.World.ScheduleOnce(TimeSpan.FromMilliseconds(3), () => Go(client, key));
            }
        });
    }

    protected void Work(double seconds, Func<bool>? until = null)
    {
        Cluster.World.Run(() => Cluster.Checks.Violation is not null || until?.Invoke() == true, TimeSpan.FromSeconds(seconds));
        Cluster.ThrowIfFailed();
    }

    protected ChangeEnded Change(IReadOnlyList<ReplicaId> add, IReadOnlyList<ReplicaId> remove)
    {
        _slowest = TimeSpan.Zero;
        var (begin, before) = (Cluster.World.Now, _done);
        var answers = Cluster.ChangeMembers(new ReplicaId(2, 1), add, remove);
        Work(20, () => answers.Count > 0);
        var took = Cluster.World.Now - begin;
        Work(3);
        output.WriteLine($"{answers[0]} after {took.TotalMilliseconds} ms, {_done - before} done meanwhile, the slowest took {_slowest.TotalMilliseconds} ms ({_slowestWhat}; the change began at {begin.TotalMilliseconds:0} ms)");
        Assert.True(_slowest.TotalMilliseconds < longestStall, $"{_slowest} ({_slowestWhat})");
        return Assert.Single(answers);
    }

    /// <summary>The clients begin nothing new, and what they have begun ends.</summary>
    protected void Stop()
    {
        _isOver = true;
        Work(3);
    }

    protected void Finish()
    {
        _isOver = true;
        Work(15);
        Cluster.World.Run(Cluster.HasConverged, TimeSpan.FromSeconds(15));
        Assert.True(Cluster.HasConverged(), $"not converged: {string.Join(", ", Cluster.Nodes.Select(node => $"{node.Id} at {string.Join(' ', Cluster.Ledger.PositionsOf(node.Id).Select(at => at.Value))}"))}");
        Cluster.CheckConverged();
        Cluster.ThrowIfFailed();
        var verdict = LinearizabilityChecker.Check(Cluster.History.ToHistory(), new CheckLimits());
        Assert.True(verdict.Verdict == Verdict.Yes, verdict.Reason);
    }
}
