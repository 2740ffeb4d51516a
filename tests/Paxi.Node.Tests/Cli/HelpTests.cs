using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>What a newcomer reads first.</summary>
public sealed class HelpTests : CommandLineSpec
{
    private static readonly string[] Names =
    [
        "up", "server", "get", "put", "delete", "cas", "history", "consensus", "owner", "status", "crash", "drop", "slow", "flaky", "partition", "shell", "simulate", "check",
    ];

    public static TheoryData<string> Verbs { get; } = [.. Names];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task EveryVerbHasHelpAndAnExampleThatParses(string verb)
    {
        var ran = await RunAsync(verb, "--help");
        Assert.Equal((0, ""), (ran.Status, ran.Error));
        Assert.StartsWith($"paxi {verb}: ", ran.Out, StringComparison.Ordinal);
        var example = ran.Out.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith($"Example: paxi {verb}", example, StringComparison.Ordinal);
        var words = example["Example: paxi ".Length..].Split(' ');
        Assert.Equal(0, (await RunAsync([.. words, "--help"])).Status);
        Assert.Null(Paxi.Node.Cli.UsageErrors.Find(
            Parse(words), new Paxi.Node.Cli.CliContext(Stream.Null, TextWriter.Null, Stream.Null, false, () => 80) { OpenCluster = _ => Cluster }));
    }

    [Fact]
    public async Task TheListFitsAnEightyColumnTerminal()
    {
        var ran = await RunAsync("--help");
        Assert.Equal((0, ""), (ran.Status, ran.Error));
        Assert.All(Names, verb => Assert.Contains($"  paxi {verb}", ran.Out, StringComparison.Ordinal));
        Terminal = true;
        var lines = System.Text.RegularExpressions.Regex.Replace((await RunAsync("--help")).Out, "\u001b\\[[0-9;]*m", "").Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.True(lines.Length <= 40, $"{lines.Length} lines");
    }

    [Fact]
    public async Task NothingAtAllIsHelp() => Assert.Equal((await RunAsync("--help")).Out, (await RunAsync([])).Out);

    [Fact]
    public async Task Version() => Assert.Matches(@"^paxi \d+\.\d+\.\d+ \(Akka\.NET 1\.5\.\d+, \.NET 10\.[0-9.]+\)\n$", (await RunAsync("--version")).Out);

    private System.CommandLine.ParseResult Parse(string[] words) => Paxi.Node.Cli.PaxiCommandLine.Create(
        new Paxi.Node.Cli.CliContext(Stream.Null, TextWriter.Null, Stream.Null, false, () => 80) { OpenCluster = _ => Cluster }).Parse(words);
}
