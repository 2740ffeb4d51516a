using System.Diagnostics;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.Planted;

public sealed class PlantedExplore(ITestOutputHelper output)
{
    [Fact]
    public void Explore()
    {
        var only = Environment.GetEnvironmentVariable("ONLY") ?? "-";
        var max = int.Parse(Environment.GetEnvironmentVariable("MAX") ?? "40");
        var stop = Environment.GetEnvironmentVariable("STOP") ?? "1";
        foreach (var bug in PlantedBugs.All.Where(bug => only.Split(';').Any(bug.Name.Contains)))
        {
            var clock = Stopwatch.StartNew();
            var found = 0;
            var tried = 0;
            var text = "";
            for (ulong seed = ulong.Parse(Environment.GetEnvironmentVariable("FROM") ?? "1"); seed <= (ulong)max && found < int.Parse(stop); seed++)
            {
                tried++;
                var lap = Stopwatch.StartNew();
                var report = SimulationRun.Run(new PlantedProtocol(bug), bug.Options with { Seed = seed, Operations = Env("OPS", bug.Options.Operations), Clients = Env("CLIENTS", bug.Options.Clients), Nodes = Env("NODES", bug.Options.Nodes), Faults = FaultChoice.Parse(Environment.GetEnvironmentVariable("FAULTS") ?? "swarm") });
                if (lap.Elapsed.TotalSeconds > 1)
                {
                    output.WriteLine($"  slow {seed}: {lap.Elapsed.TotalSeconds:0.0}s {report.Messages} messages {report.Steps} steps {report.Virtual} {report.Violation?.Check} {report.Plan.Conditions}");
                }
                if (report.Violation is { } v)
                {
                    found++;
                    text += $"\n     {seed}: {(bug.Checks.Contains(v.Check) ? "" : "UNEXPECTED ")}{v.ToString()[..Math.Min(260, v.ToString().Length)]}";
                }
            }
            output.WriteLine($"{bug.Name}: {found} of {tried} in {clock.Elapsed.TotalSeconds:0.0}s {text}");
        }
    }

    [Fact]
    public void Scripted()
    {
        if (Environment.GetEnvironmentVariable("ONLY") is not { } only)
        {
            return;
        }

        foreach (var bug in PlantedBugs.All.Where(bug => only.Split(';').Any(bug.Name.Contains)))
        {
            for (ulong seed = 1; seed < 30; seed++)
            {
                var plan = FaultPlan.Calm with { Events = [.. Enumerable.Range(0, 3).Select(i => new LeaderPartitionEvent(TimeSpan.FromSeconds(1 + (3 * i)), TimeSpan.FromSeconds(2), [], CutDirection.Both))] };
                var report = SimulationRun.Run(new PlantedProtocol(bug), bug.Options with { Seed = seed, Operations = 1000, Plan = plan });
                output.WriteLine($"{bug.Name} {seed}: {report.Violation?.Check} at {report.Violation?.At} {report.Workload}");
            }
        }
    }

    private static int Env(string name, int usual) => int.Parse(Environment.GetEnvironmentVariable(name) ?? usual.ToString());

    [Fact]
    public void Right()
    {
        var max = int.Parse(Environment.GetEnvironmentVariable("MAX") ?? "0");
        foreach (var options in new[] { Runs.Three, Runs.Five })
        {
            var clock = Stopwatch.StartNew();
            for (ulong seed = ulong.Parse(Environment.GetEnvironmentVariable("FROM") ?? "1"); seed <= (ulong)max; seed++)
            {
                var lap = Stopwatch.StartNew();
                var report = SimulationRun.Run(new PaxosProtocol(), options with { Seed = seed });
                if (lap.Elapsed.TotalSeconds > 1)
                {
                    output.WriteLine($"  slow {seed}: {lap.Elapsed.TotalSeconds:0.0}s {report.Messages} messages {report.Steps} steps {report.Virtual} {report.Violation?.Check} {report.Plan.Conditions}");
                }
                if (!report.Passed)
                {
                    output.WriteLine($"{Runs.Show(options)} {seed}: {report.Violation} {report.Undecided}");
                }
            }
            output.WriteLine($"{Runs.Show(options)}: {max} in {clock.Elapsed.TotalSeconds:0.0}s");
        }
    }
}
