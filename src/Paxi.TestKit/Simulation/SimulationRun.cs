using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// One run, from a seed to a verdict. First the safety phase: clients work while faults come and go, and every step is checked. Then the liveness phase: everything heals;
/// within a bound of virtual time the clients have their answers, a write succeeds at each replica, all keys can be read, and all replicas hold the same. Last, what the
/// clients saw must be linearizable, where the protocol promises that.
/// </summary>
public sealed partial class SimulationRun : IDisposable
{
    /// <summary>The names under which a run reports what no <see cref="Check"/> sees.</summary>
    public const string Liveness = "liveness";

    /// <inheritdoc cref="Liveness"/>
    public const string Linearizable = "linearizability";

    /// <inheritdoc cref="Liveness"/>
    public const string RolesFail = "roles do not fail";

    /// <summary>More turns than any work takes: a role that sends to itself, or two to each other, or a timer that comes at once for ever.</summary>
    private const long MostStepsInAnInstant = 500_000;

    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private readonly RunOptions _options;
    private readonly FaultPlan _plan;
    private readonly Workload _workload;
    private readonly SimulatedCluster _cluster;
    private readonly FaultInjector _injector;
    private readonly List<WorkloadClient> _clients = [];
    private CheckReport? _linearizability;
    private string? _undecided;
    private long _instant = long.MinValue / 2;
    private long _instantFrom;
    private int _begun;
    private int _lateCommands;

    private SimulationRun(IProtocol protocol, RunOptions options)
    {
        _options = options;
        var random = new SeededRandom(options.Seed);
        _plan = options.Plan ?? DrawPlan(protocol, options);
        _workload = Workload.Draw(random.Fork("workload"), options.Operations, options.Clients, protocol.Promises, options.Zones);
        _cluster = new SimulatedCluster(protocol, new ClusterOptions
        {
            Seed = random.Fork("world").NextUInt64(),
            Zones = options.Zones,
            Nodes = options.Nodes,
            SpareZones = _plan.HasSpares ? 1 : 0,
            Settings = _plan.Settings,
            Network = _plan.Conditions.Network(options.Serializes),
            Disk = new DiskOptions { WriteDelay = _plan.Conditions.DiskDelay },
            ShufflesReadyWork = _plan.Conditions.ShufflesReadyWork,
            Trace = options.Trace,
        });
        _injector = new FaultInjector(_cluster, _plan.Conditions);
    }

    private SimulatedWorld World => _cluster.World;

    private bool IsOver => _cluster.Checks.Violation is not null || World.FailureCount > 0;

    /// <summary>Runs a seed.</summary>
    /// <param name="protocol">Correct or not.</param>
    /// <param name="options">The seed and the size.</param>
    /// <exception cref="ArgumentException">An option or a setting is out of range; the message is one line.</exception>
    public static RunReport Run(IProtocol protocol, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(options);
        using var run = new SimulationRun(protocol, options.Validated());
        return run.Run();
    }

    /// <summary>The plan that the seed gives.</summary>
    public static FaultPlan DrawPlan(IProtocol protocol, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults.Families.IsEmpty)
        {
            return FaultPlan.Calm;
        }

        var random = new SeededRandom(options.Seed).Fork("plan");
        var settings = options.Faults.IsSwarm
            ? SettingsDraw.Draw(random.Fork("settings"), options.Zones * options.Nodes, protocol.Promises)
            : "";
        var section = Reference.Section(ConfigurationFactory.ParseString(settings));
        var (drift, timeout) = (section.GetLong("lease.max-drift"), section.GetTimeSpan("election-timeout"));
        return new FaultDraw(random, [.. SimulatedCluster.Ids(options.Zones, options.Nodes)], drift, timeout)
            .Draw([.. options.Faults.Families.Where(family => family != FaultPlan.Members || protocol.ChangesMembers)], options.Faults.IsSwarm, settings);
    }

    public void Dispose() => _cluster.Dispose();

    private RunReport Run()
    {
        try
        {
            SafetyPhase();
            LivenessPhase();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Work on another thread, a bound of the world: the run cannot go on, and the seed must not be lost.
            _cluster.Checks.Report(RolesFail, "the simulated world", $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}");
        }

        if (World.FailureCount > 0)
        {
            _cluster.Checks.Report(RolesFail, "a role stops only when its disk fails", World.Failures[0].ToString().ReplaceLineEndings(" "));
        }

        var history = _cluster.History.ToHistory();
        Judge(history);
        return MakeReport(history);
    }

    private void SafetyPhase()
    {
        _cluster.Start();
        var random = new SeededRandom(_options.Seed).Fork("clients");
        var actors = new List<SimulatedClient>();
        for (var index = 0; index < _workload.Actors; index++)
        {
            var order = Shuffled(random.Fork($"order {index}"));
            var zone = ZoneOf(index);
            order = _workload.Locality > 0 ? [.. order.OrderBy(replica => replica.Zone != zone)] : order;
            actors.Add(_cluster.AddClient(order, settings => settings with { Timeout = _workload.Timeout, RetryInterval = _workload.Retry }, zone));
        }

        for (var index = 0; index < _workload.Clients; index++)
        {
            _clients.Add(new WorkloadClient(
                _workload, _cluster, actors[index % actors.Count], random.Fork($"client {index}"), index + 1, MayBegin, ZoneOf(index % actors.Count)));
        }

        _injector.Schedule(_plan.Events);
        Advance(AreClientsDone, FaultPlan.Horizon * 2);
    }

    /// <summary>Runs until the goal, a violation, or the deadline; roles that keep each other busy while time stands still are a violation.</summary>
    private void Advance(Func<bool> goal, TimeSpan within)
    {
        World.Run(() => IsOver || goal() || StandsStill(), within);
    }

    private bool StandsStill()
    {
        if (World.NowTicks - _instant > Instant.Ticks)
        {
            (_instant, _instantFrom) = (World.NowTicks, World.Steps);
            return false;
        }

        var steps = World.Steps - _instantFrom;
        if (steps == MostStepsInAnInstant - 1_000)
        {
            World.WatchMessages(12);
        }

        return steps > MostStepsInAnInstant
            && !Fail($"time stands still: {steps} turns of mailboxes and timers within {Instant.TotalMilliseconds:0} ms, without an end; "
                + $"among them {string.Join(", ", World.Watched)}", mayAsk: false);
    }

    /// <param name="message">What is missing.</param>
    /// <param name="mayAsk">False while the world runs, or would not come to rest: then no replica can be asked.</param>
    private bool Fail(string message, bool mayAsk = true)
    {
        var states = _cluster.Replicas.Select(id =>
            $"{id} at {string.Join(' ', _cluster.Ledger.PositionsOf(id).Select(at => at.Value))}{(mayAsk ? $" behind {Leader(id)}" : "")}");
        _cluster.Checks.Report(Liveness, "the fault model: everything heals", $"{message} (leader {_cluster.Leader}; executed: {string.Join(", ", states)})");
        return false;

        string Leader(ReplicaId id) => _cluster.StatusOf(id)?.Find(KernelRoles.Gateway, "leader") ?? "nobody, for it does not answer";
    }

    private void Judge(History history)
    {
        if (_cluster.Checks.Violation is not null || !_cluster.Protocol.Promises.Linearizable)
        {
            return;
        }

        if (_options.UsesDecidedOrder && _cluster.Order.Explains(history))
        {
            // One order that keeps real time and gives every answer is a proof; the search is for histories that it does not explain.
            _cluster.Coverage["proven by the decided order"]++;
            return;
        }

        _linearizability = LinearizabilityChecker.Check(history, _options.Limits);
        switch (_linearizability.Verdict)
        {
            case Verdict.No:
                _cluster.Checks.Report(Linearizable, "Herlihy and Wing (1990), section 2", $"key {_linearizability.Key}: {_linearizability.Reason}");
                break;
            case Verdict.Unknown:
                _undecided = $"linearizability: {_linearizability.Reason}";
                break;
        }
    }

    private RunReport MakeReport(History history)
    {
        _cluster.Coverage.Take(_cluster, _injector);
        foreach (var client in _clients)
        {
            _cluster.Coverage["operations done"] += client.Ends[(int)Outcome.Done];
            _cluster.Coverage["operations failed"] += client.Ends[(int)Outcome.Failed];
            _cluster.Coverage["operations unknown"] += client.Ends[(int)Outcome.Unknown];
        }

        _cluster.Coverage["epochs"] += _cluster.Epochs.Newest.Number - 1;
        foreach (var family in _plan.Used)
        {
            _cluster.Coverage[$"planned {family}"] = 1;
        }

        return new RunReport
        {
            Options = _options,
            Plan = _plan,
            Workload = _workload,
            Violation = _cluster.Checks.Violation,
            Undecided = _undecided,
            Operations = _begun,
            Messages = _cluster.Network.Counters.Messages,
            Virtual = World.Now,
            Steps = World.Steps,
            TraceHash = World.Hash,
            Coverage = _cluster.Coverage,
            History = history,
            Linearizability = _linearizability,
            Observations = _cluster.Checks.Observations,
        };
    }

    private bool MayBegin()
    {
        var isLeft = _begun < Math.Min(_workload.Operations, _options.StopAfter ?? int.MaxValue);
        _begun += isLeft ? 1 : 0;
        return isLeft;
    }

    private bool AreClientsDone()
    {
        foreach (var client in _clients)
        {
            if (!client.IsDone)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Of a client actor.</summary>
    private int ZoneOf(int actor) => 1 + (actor % _options.Zones);

    private ReplicaId[] Shuffled(SeededRandom random)
    {
        var order = _cluster.Replicas.ToArray();
        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = random.Next(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }

        return order;
    }
}
