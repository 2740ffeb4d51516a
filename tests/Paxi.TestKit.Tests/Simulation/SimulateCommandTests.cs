using System.Text.Json;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

public sealed class SimulateCommandTests
{
    private static readonly SimulateOptions Small = new()
    {
        Algorithm = "primary-copy",
        Zones = 1,
        Nodes = 3,
        Operations = 200,
        Clients = 6,
        Seeds = (1, 8),
        Json = true,
        ShrinkTime = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void Good_seeds_end_with_0_and_one_JSON_object_as_the_last_line()
    {
        var (status, output, error) = Run(Small);
        Assert.Equal(SimulateCommand.Good, status);
        Assert.Empty(error);
        using var json = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        var root = json.RootElement;
        Assert.Equal(
            ["algorithm", "seeds", "passed", "failed", "operations", "messages", "virtual_seconds", "wall_seconds", "trace_hash"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal("primary-copy", root.GetProperty("algorithm").GetString());
        Assert.Equal(8, root.GetProperty("seeds").GetInt32());
        Assert.Equal(8, root.GetProperty("passed").GetInt32());
        Assert.Equal(0, root.GetProperty("failed").GetArrayLength());
        Assert.Equal(1_600, root.GetProperty("operations").GetInt32());
        Assert.True(root.GetProperty("messages").GetInt64() > 1_600);
        Assert.Equal(32, root.GetProperty("trace_hash").GetString()!.Length);
    }

    [Fact]
    public void A_violation_ends_with_1_and_the_command_that_repeats_it()
    {
        var (status, output, _) = Run(Small with { Algorithm = "primary-copy:SkipsSlots", Seeds = (1, 2) });
        Assert.Equal(SimulateCommand.Violation, status);
        Assert.Contains("seed 1 FAILED: executed prefix", output, StringComparison.Ordinal);
        Assert.Contains("links: ", output, StringComparison.Ordinal);
        Assert.Contains("shortened to ", output, StringComparison.Ordinal);
        const string Repeat = "paxi simulate --algorithm primary-copy:SkipsSlots --zones 1 --nodes 3 --seed 1 --ops 200 --clients 6 --faults swarm";
        Assert.Contains($"repeat it: {Repeat}\n", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        var failed = json.RootElement.GetProperty("failed")[0];
        Assert.Equal(["seed", "violation", "reproduce"], failed.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Repeat, failed.GetProperty("reproduce").GetString());
    }

    [Theory]
    [InlineData("nothing", "swarm", 3, "algorithm = nothing is unknown")]
    [InlineData("primary-copy", "thunder", 3, "--faults thunder is unknown; it may be none, swarm, or any of loss,")]
    [InlineData("primary-copy", "swarm", 0, "--nodes is 0; it may be from 1 to 9")]
    public void Wrong_options_end_with_2_and_one_line(string algorithm, string faults, int nodes, string message)
    {
        var (status, output, error) = Run(Small with { Algorithm = algorithm, Faults = faults, Nodes = nodes });
        Assert.Equal(SimulateCommand.BadUsage, status);
        Assert.Empty(output);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("7", 7, 7)]
    [InlineData("1..1000", 1, 1000)]
    public void Seeds_are_one_or_a_range(string text, ulong first, ulong last) =>
        Assert.Equal((first, last), SimulateOptions.ParseSeeds(text));

    [Theory]
    [InlineData("")]
    [InlineData("5..1")]
    [InlineData("-1")]
    [InlineData("1..2..3")]
    [InlineData("1...3")]
    [InlineData("1..99999999999")]
    public void What_is_no_range_is_named(string text)
    {
        var fault = Assert.Throws<ArgumentException>(() => SimulateOptions.ParseSeeds(text));
        Assert.StartsWith($"--seeds {text} is no range", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_the_hash()
    {
        static string Hash(string output) => output.Split('\n').Single(line => line.StartsWith("trace hash", StringComparison.Ordinal));
        var alone = Run(Small with { Parallelism = 1 }).Output;
        Assert.Equal(Hash(alone), Hash(Run(Small with { Parallelism = 4 }).Output));
        Assert.NotEqual(Hash(alone), Hash(Run(Small with { Seeds = (2, 9) }).Output));
    }

    [Fact]
    public void What_was_stopped_is_undecided()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(SimulateCommand.Undecided, SimulateCommand.Run(Small, TestProtocols.Find, TextWriter.Null, TextWriter.Null, null, stop.Token));
    }

    [Fact]
    public void A_fault_that_never_happens_is_named()
    {
        var tally = new SimulateTally(1, 30);
        var report = SimulationRun.Run(new PrimaryCopy(), PrimaryCopyTests.Options(1, "none"));
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var coverage = new Coverage();
            coverage["planned pause"] = 1;
            coverage["planned crash"] = 1;
            coverage["fault crash"] = seed == 30 ? 1 : 0;
            tally.Add(report with { Options = report.Options with { Seed = seed }, Coverage = coverage });
        }

        Assert.Equal(["pause (planned in 30 runs)"], tally.NeverExercised());
    }

    [Fact]
    public void Progress_is_told_after_each_seed()
    {
        var seen = new List<SimulateProgress>();
        var progress = new Progress(seen.Add);
        SimulateCommand.Run(Small with { Parallelism = 1, Seeds = (1, 3) }, TestProtocols.Find, TextWriter.Null, TextWriter.Null, progress);
        Assert.Equal([new(1, 3, 0), new(2, 3, 0), new(3, 3, 0)], seen);
    }

    private static (int Status, string Output, string Error) Run(SimulateOptions options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = SimulateCommand.Run(options, TestProtocols.Find, output, error);
        return (status, output.ToString(), error.ToString());
    }

    private sealed class Progress(Action<SimulateProgress> report) : IProgress<SimulateProgress>
    {
        public void Report(SimulateProgress value) => report(value);
    }
}
