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
                var report = SimulationRun.Run(new PlantedProtocol(bug), bug.Options with { Seed = seed });
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
    public void Right()
    {
        var max = int.Parse(Environment.GetEnvironmentVariable("MAX") ?? "0");
        foreach (var options in new[] { Runs.Three, Runs.Five })
        {
            var clock = Stopwatch.StartNew();
            for (ulong seed = 1; seed <= (ulong)max; seed++)
            {
                var report = SimulationRun.Run(new PaxosProtocol(), options with { Seed = seed });
                if (!report.Passed)
                {
                    output.WriteLine($"{Runs.Show(options)} {seed}: {report.Violation} {report.Undecided}");
                }
            }
            output.WriteLine($"{Runs.Show(options)}: {max} in {clock.Elapsed.TotalSeconds:0.0}s");
        }
    }
}
