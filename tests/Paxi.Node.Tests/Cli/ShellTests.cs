using System.Net;
using System.Text;
using Paxi.Actors.Clients;
using Paxi.Node.Cli;
using Paxi.Node.Cli.Shell;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>The shell: piped, and its parts at the prompt.</summary>
public sealed class ShellTests : CommandLineSpec
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _store = [];

    public ShellTests() => Cluster.Client = command =>
    {
        switch (command)
        {
            case Get get:
                return new Reply { Outcome = Outcome.Done, Value = _store.TryGetValue(get.Key, out var value) ? value : (ReadOnlyMemory<byte>?)null };
            case Set set:
                _store[set.Key] = set.Value;
                return new Reply { Outcome = Outcome.Done };
            default:
                return new Reply { Outcome = Outcome.Failed, Error = "not in this test" };
        }
    };

    private Task<Ran> ShellAsync(string lines)
    {
        Input = Encoding.UTF8.GetBytes(lines);
        return RunAsync("shell");
    }

    [Fact]
    public async Task RunsLineAfterLineOnOneClient()
    {
        var ran = await ShellAsync("put a 'two words'\nget a\n\n# a remark\npaxi get a\nget b\n");
        Assert.Equal((0, "ok\ntwo words\ntwo words\n", "absent\n"), (ran.Status, ran.Out, ran.Error));
        Assert.Equal(4, Cluster.Sent.Count);
        Assert.Equal(1, Cluster.Disposed);
    }

    [Fact]
    public async Task AnErrorDoesNotEndIt()
    {
        var ran = await ShellAsync("put\ngte x\nput 'a\ndelete a\nput a 1\n");
        Assert.Equal("ok\n", ran.Out);
        Assert.Equal(
            """
            put: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see put --help
            there is no command 'gte'; did you mean get?; help lists them
            a quote is not closed: '
            delete: failed, without effect: not in this test

            """.ReplaceLineEndings("\n"), ran.Error);
        Assert.Equal(0, ran.Status);
    }

    [Fact]
    public async Task EndsWithTheStatusOfTheLastCommand()
    {
        Assert.Equal(2, (await ShellAsync("put a 1\nput\n")).Status);
        Assert.Equal(1, (await ShellAsync("delete a\n")).Status);
        Assert.Equal(0, (await ShellAsync("")).Status);
    }

    [Fact]
    public async Task ExitEndsIt()
    {
        await ShellAsync("put a 1\nexit\nput b 1\n");
        Assert.Single(Cluster.Sent);
    }

    [Fact]
    public async Task TheVerbsThatRunProcessesAreNotThere()
    {
        var ran = await ShellAsync("shell\nup\nhelp\nhelp put\n");
        Assert.Contains("there is no command 'shell'", ran.Error, StringComparison.Ordinal);
        Assert.Contains("there is no command 'up'", ran.Error, StringComparison.Ordinal);
        Assert.Contains("  put 42 hello", ran.Out, StringComparison.Ordinal);
        Assert.Contains("Example: put 42 hello", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("paxi server", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneClusterASession()
    {
        var ran = await ShellAsync($"get a --config {ConfigurationFile}\n");
        Assert.Equal("get: --config belongs behind paxi shell; a session stays with one cluster; see get --help\n", ran.Error);
    }

    [Fact]
    public async Task JsonAndRestWorkAsOutside()
    {
        Cluster.Replica = (_, _) => (HttpStatusCode.OK, "ok\n");
        var ran = await ShellAsync("crash 1.1 5 --json\n");
        Assert.Equal("crash", ran.Json.GetProperty("fault").GetString());
    }

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  a\t b  ", "a|b")]
    [InlineData("'a b' \"c d\"", "a b|c d")]
    [InlineData("a'b c'd", "ab cd")]
    [InlineData("''", "")]
    [InlineData(@"a\ b \'", "a b|'")]
    [InlineData(@"'a\b' ""a\""b""", @"a\b|a""b")]
    public void Words(string line, string expected) => Assert.Equal(expected, string.Join('|', ShellWords.Split(line)));

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData(@"it's a \ ""mess""")]
    public void AQuotedWordReadsBack(string word) => Assert.Equal([word], ShellWords.Split(ShellWords.Quote(word)));

    [Theory]
    [InlineData("", "get put delete cas status owner history consensus members leave remove crash drop slow flaky partition help exit")]
    [InlineData("c", "cas consensus crash")]
    [InlineData("get ", "'k 2' k1")]
    [InlineData("get k", "k1")]
    [InlineData("get k1 --i", "--id")]
    [InlineData("get k1 --id ", "1.1 1.2 1.3")]
    [InlineData("get --id 1.1 ", "'k 2' k1")]
    [InlineData("get k1 --read ", "any leader log quorum")]
    [InlineData("crash ", "1.1 1.2 1.3")]
    [InlineData("drop 1.1 ", "1.1 1.2 1.3")]
    [InlineData("drop 1.1 1.2 ", "")]
    [InlineData("partition 5 1.1 1.", "1.1 1.2 1.3")]
    [InlineData("put k1 '", "")]
    [InlineData("help cr", "crash")]
    [InlineData("nonsense ", "")]
    public void Completes(string line, string expected)
    {
        var completion = NewCompletion();
        completion.Remember(["get", "k1"]);
        completion.Remember(["put", "k 2", "v"]);
        completion.Remember(["crash", "1.1", "5"]);
        var offered = completion.Complete(line, line.Length);
        Assert.Equal(expected, string.Join(' ', offered.Words));
    }

    private ShellCompletion NewCompletion()
    {
        var context = new CliContext(Stream.Null, TextWriter.Null, Stream.Null, false, () => 80) { OpenCluster = _ => Cluster }.ForShell(_ => Cluster);
        return new ShellCompletion(PaxiCommandLine.Create(context), Cluster.Settings);
    }
}
