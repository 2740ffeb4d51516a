using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary><c>simulate</c> and <c>check</c>: what they return and where they print.</summary>
public sealed class ProofVerbTests : CommandLineSpec
{
    [Fact]
    public async Task ASeedPassesAndRepeats()
    {
        const string line = "simulate --algorithm paxos --zones 1 --nodes 3 --seed 7 --ops 100 --clients 4 --faults none --json";
        var first = await RunAsync(line);
        Assert.Equal((0, ""), (first.Status, first.Error));
        Assert.Equal(("paxos", 1, 1, 0), (
            first.Json.GetProperty("algorithm").GetString(), first.Json.GetProperty("seeds").GetInt32(), first.Json.GetProperty("passed").GetInt32(),
            first.Json.GetProperty("failed").GetArrayLength()));
        Assert.Equal(first.Json.GetProperty("trace_hash").GetString(), (await RunAsync(line)).Json.GetProperty("trace_hash").GetString());
    }

    [Fact]
    public async Task OnATerminalTheBarGoesAndTheVerdictStays()
    {
        Terminal = true;
        var ran = await RunAsync("simulate --algorithm paxos --zones 1 --nodes 3 --seeds 1..2 --ops 50 --clients 2 --faults none");
        Assert.Equal((0, ""), (ran.Status, ran.Error));
        Assert.Contains("2 seeds: 2 passed, 0 failed", ran.Out, StringComparison.Ordinal);
        Assert.Matches("trace hash [0-9a-f]{32}\n$", ran.Out);
    }

    [Fact]
    public async Task UnknownFaultsAreNamed()
    {
        var error = await ErrorOfAsync("simulate", "--algorithm", "paxos", "--faults", "earthquake");
        Assert.StartsWith("paxi simulate: ", error, StringComparison.Ordinal);
        Assert.Contains("earthquake", error, StringComparison.Ordinal);
        Assert.Contains("swarm", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b", 0, "true")]
    [InlineData("z", 1, "false")]
    public async Task CheckJudgesAFile(string read, int status, string linearizable)
    {
        var file = Write("history.jsonl",
            """
            {"client":1,"op":"set","key":"k","value":"a","ok":true,"start":0,"end":10}
            {"client":1,"op":"set","key":"k","value":"b","ok":true,"start":20,"end":30}
            {"client":2,"op":"get","key":"k","result":"READ","ok":true,"start":40,"end":50}

            """.Replace("READ", read, StringComparison.Ordinal));
        var ran = await RunAsync("check", file, "--json");
        Assert.Equal((status, ""), (ran.Status, ran.Error));
        Assert.Equal(linearizable, ran.Json.GetProperty("linearizable").GetRawText());
    }

    [Fact]
    public async Task CheckOfAMissingFileNamesIt() => Assert.StartsWith(PathOf("none"), await ErrorOfAsync("check", PathOf("none")), StringComparison.Ordinal);
}
