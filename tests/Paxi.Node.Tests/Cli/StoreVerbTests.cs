using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>What <c>get put delete cas</c> send, print and return.</summary>
public sealed class StoreVerbTests : CommandLineSpec
{
    private static Reply Done(string? value = null, bool swapped = false) => new()
    {
        Outcome = Outcome.Done,
        Value = value is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(value),
        Swapped = swapped,
        Slot = 12,
        Ballot = new Ballot(3, new ReplicaId(1, 2)),
        Executed = 12,
        Leader = new ReplicaId(1, 2),
    };

    private static readonly Reply Failed = new() { Outcome = Outcome.Failed, Error = "overloaded" };

    private static readonly Reply Unknown = new() { Outcome = Outcome.Unknown, Error = "no answer within 10 s" };

    private static Reply Binary(params byte[] value) => new() { Outcome = Outcome.Done, Value = value };

    [Fact]
    public async Task GetPrintsTheValueAndANewline()
    {
        Cluster.Client = _ => Done("hello");
        var ran = await RunAsync("get 42");
        Assert.Equal((0, "hello\n", ""), (ran.Status, ran.Out, ran.Error));
        Assert.Equal(new Get("42"), Cluster.Sent.Single().Command);
        Assert.Equal(1, Cluster.Disposed);
    }

    [Fact]
    public async Task GetOfAnAbsentKeyIsGoodAndPrintsNothing()
    {
        Cluster.Client = _ => Done();
        var ran = await RunAsync("get 42");
        Assert.Equal((0, "", "absent\n"), (ran.Status, ran.Out, ran.Error));
    }

    [Fact]
    public async Task AnEmptyValueIsNotAbsent()
    {
        Cluster.Client = _ => Done("");
        var ran = await RunAsync("get 42");
        Assert.Equal((0, "\n", ""), (ran.Status, ran.Out, ran.Error));
    }

    [Fact]
    public async Task GetAsksTheReplicaInTheModeAndTheTimeGiven()
    {
        Cluster.Client = _ => Done("hello");
        await RunAsync("get 42 --id 1.3 --read any --timeout 0.5");
        var (command, first) = Cluster.Sent.Single();
        Assert.Equal(new Get("42") { Mode = ReadMode.Any, Timeout = TimeSpan.FromSeconds(0.5) }, command);
        Assert.Equal(new ReplicaId(1, 3), first);
    }

    [Fact]
    public async Task BytesGoThroughAPipeAsTheyAre()
    {
        Cluster.Client = _ => Binary(0xff, 0x00, 0x1b);
        Assert.Equal([0xff, 0x00, 0x1b, (byte)'\n'], (await RunAsync("get 42")).Bytes);
        Assert.Equal([0xff, 0x00, 0x1b], (await RunAsync("get 42 --file -")).Bytes);
    }

    [Theory]
    [InlineData("ff001b", @"\xff\x00\x1b")]
    [InlineData("1b5b324a", @"\x1b[2J")]
    [InlineData("c3a90a", @"é\n")]
    [InlineData("e280ae61", @"\u202ea")]
    public async Task BytesDoNotDriveATerminal(string hexadecimal, string shown)
    {
        Terminal = true;
        Cluster.Client = _ => Binary(Convert.FromHexString(hexadecimal));
        Assert.Equal(shown + "\n", (await RunAsync("get 42")).Out);
    }

    [Fact]
    public async Task GetWritesAFile()
    {
        Cluster.Client = _ => Binary(1, 2, 0xff);
        var ran = await RunAsync("get", "42", "--file", PathOf("value"));
        Assert.Equal((0, ""), (ran.Status, ran.Out));
        Assert.Equal([1, 2, 0xff], await File.ReadAllBytesAsync(PathOf("value")));
    }

    [Fact]
    public async Task GetIntoAFileThatCannotBeWrittenAsksNobody()
    {
        Cluster.Client = _ => Binary(1);
        var path = Path.Combine(PathOf("none"), "value");
        Assert.Equal($"paxi get: --file must be a file that can be written; {path}: no such directory; see paxi get --help", await ErrorOfAsync("get", "42", "--file", path));
        Assert.StartsWith("paxi get: --file must be a file that can be written;", await ErrorOfAsync("get", "42", "--file", Path.GetTempPath()), StringComparison.Ordinal);
        Assert.Empty(Cluster.Sent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("before")]
    public async Task GetOfAnAbsentKeyLeavesTheFileAsItWas(string? before)
    {
        Cluster.Client = _ => Done();
        if (before is not null)
        {
            await File.WriteAllTextAsync(PathOf("value"), before);
        }

        Assert.Equal(0, (await RunAsync("get", "42", "--file", PathOf("value"))).Status);
        Assert.Equal(before, File.Exists(PathOf("value")) ? await File.ReadAllTextAsync(PathOf("value")) : null);
    }

    [Fact]
    public async Task GetJson()
    {
        Cluster.Client = _ => Done("hé\"llo");
        var ran = await RunAsync("get 42 --json");
        Assert.Equal(
            """{"key":"42","outcome":"done","error":null,"value":"hé\"llo","encoding":"utf-8","slot":12,"ballot":"3.1.2","executed":12,"leader":"1.2"}""" + "\n",
            ran.Out);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task GetJsonOfBytesIsBase64()
    {
        Cluster.Client = _ => Binary(0xff, 0);
        var json = (await RunAsync("get 42 --json")).Json;
        Assert.Equal(("base64", "/wA="), (json.GetProperty("encoding").GetString(), json.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task GetJsonOfAnAbsentKeyIsNull()
    {
        Cluster.Client = _ => Done();
        var ran = await RunAsync("get 42 --json");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, ran.Json.GetProperty("value").ValueKind);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Theory]
    [InlineData("get 42", "paxi get: not answered: no answer within 10 s\n")]
    [InlineData("put 42 v", "paxi put: unknown whether it took effect: no answer within 10 s\n")]
    [InlineData("delete 42", "paxi delete: unknown whether it took effect: no answer within 10 s\n")]
    [InlineData("cas 42 a b", "paxi cas: unknown whether it took effect: no answer within 10 s\n")]
    public async Task UnknownIsNeitherSuccessNorFailure(string line, string error)
    {
        Cluster.Client = _ => Unknown;
        var ran = await RunAsync(line);
        Assert.Equal((3, "", error), (ran.Status, ran.Out, ran.Error));
        Assert.Equal("unknown", (await RunAsync(line + " --json")).Json.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("get 42", "paxi get: failed, without effect: overloaded\n")]
    [InlineData("put 42 v", "paxi put: failed, without effect: overloaded\n")]
    [InlineData("delete 42", "paxi delete: failed, without effect: overloaded\n")]
    [InlineData("cas 42 a b", "paxi cas: failed, without effect: overloaded\n")]
    public async Task FailedIsOne(string line, string error)
    {
        Cluster.Client = _ => Failed;
        var ran = await RunAsync(line);
        Assert.Equal((1, "", error), (ran.Status, ran.Out, ran.Error));
        Assert.Equal("failed", (await RunAsync(line + " --json")).Json.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("-1")]
    [InlineData("-h5")]
    [InlineData("@file")]
    [InlineData("/h")]
    [InlineData("[diagram]")]
    public async Task PutSendsTheText(string value)
    {
        Cluster.Client = _ => Done();
        var ran = await RunAsync("put", "42", value);
        Assert.Equal((0, "ok\n", ""), (ran.Status, ran.Out, ran.Error));
        Assert.Equal(value, Encoding.UTF8.GetString(Assert.IsType<Set>(Cluster.Sent.Single().Command).Value.Span));
    }

    [Fact]
    public async Task PutOfAValueThatLooksLikeAnOption()
    {
        Cluster.Client = _ => Done();
        Assert.Equal(0, (await RunAsync("put", "42", "--", "--json")).Status);
        Assert.Equal("--json", Encoding.UTF8.GetString(Assert.IsType<Set>(Cluster.Sent.Single().Command).Value.Span));
    }

    [Fact]
    public async Task PutReadsStandardInputAndFilesAsBytes()
    {
        Cluster.Client = _ => Done();
        Input = [0xff, 0x0a];
        await RunAsync("put 42 -");
        await File.WriteAllBytesAsync(PathOf("value"), [0xfe]);
        await RunAsync("put", "42", "--file", PathOf("value"));
        Assert.Equal([0xff, 0x0a], Assert.IsType<Set>(Cluster.Sent[0].Command).Value.ToArray());
        Assert.Equal([0xfe], Assert.IsType<Set>(Cluster.Sent[1].Command).Value.ToArray());
    }

    [Fact]
    public async Task PutOfAMissingFileNamesIt() => Assert.Equal(
        $"paxi put: --file must be a file that can be read; {PathOf("none")}: no such file; see paxi put --help",
        await ErrorOfAsync("put", "42", "--file", PathOf("none")));

    [Fact]
    public async Task PutJsonTellsThePreviousValue()
    {
        Cluster.Client = _ => Done("before");
        Assert.Equal("before", (await RunAsync("put 42 now --json")).Json.GetProperty("previous").GetString());
    }

    [Theory]
    [InlineData("was", "ok\n")]
    [InlineData(null, "was absent\n")]
    public async Task Delete(string? previous, string printed)
    {
        Cluster.Client = _ => Done(previous);
        var ran = await RunAsync("delete 42");
        Assert.Equal((0, printed), (ran.Status, ran.Out));
        Assert.Equal(new Delete("42"), Cluster.Sent.Single().Command);
    }

    [Fact]
    public async Task CasThatWrites()
    {
        Cluster.Client = _ => Done("old", swapped: true);
        var ran = await RunAsync("cas 42 old new");
        Assert.Equal((0, "ok\n", ""), (ran.Status, ran.Out, ran.Error));
        var sent = Assert.IsType<CompareAndSet>(Cluster.Sent.Single().Command);
        Assert.Equal(("42", "old", "new"), (sent.Key, Encoding.UTF8.GetString(sent.Expected!.Value.Span), Encoding.UTF8.GetString(sent.Value.Span)));
    }

    [Theory]
    [InlineData("other", "not written: the key holds other\n")]
    [InlineData(null, "not written: the key is absent\n")]
    public async Task CasThatFindsAnotherValueIsOne(string? found, string printed)
    {
        Cluster.Client = _ => Done(found);
        var ran = await RunAsync("cas 42 old new");
        Assert.Equal((1, printed), (ran.Status, ran.Out));
        Assert.False((await RunAsync("cas 42 old new --json")).Json.GetProperty("swapped").GetBoolean());
    }

    [Fact]
    public async Task CasOfAnAbsentKey()
    {
        Cluster.Client = _ => Done(swapped: true);
        Assert.Equal(0, (await RunAsync("cas 42 new --absent")).Status);
        var sent = Assert.IsType<CompareAndSet>(Cluster.Sent.Single().Command);
        Assert.Null(sent.Expected);
        Assert.Equal("new", Encoding.UTF8.GetString(sent.Value.Span));
    }

    [Fact]
    public async Task AnInputThatWaitsForALineDoesNotHoldUpWhoeverInterrupts()
    {
        using var input = new SilentStream();
        using var stop = new CancellationTokenSource();
        var read = Files.ReadAsync(input, "standard input", 10, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>A terminal at which nobody types: its read returns with a line only, whatever is cancelled.</summary>
    private sealed class SilentStream : MemoryStream
    {
        private readonly TaskCompletionSource<int> _line = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_line.Task);

        protected override void Dispose(bool disposing)
        {
            _line.TrySetResult(0);
            base.Dispose(disposing);
        }
    }
}
