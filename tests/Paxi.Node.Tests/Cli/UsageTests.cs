using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>Wrong usage: one line that names the argument and what it may be, exit status 2, nothing done.</summary>
public sealed class UsageTests : CommandLineSpec
{
    [Theory]
    [InlineData("put", "paxi put: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi put --help")]
    [InlineData("put k", "paxi put: VALUE is missing: the value as text, - for standard input, or --file F; see paxi put --help")]
    [InlineData("put k v w", "paxi put: 'w' is too much: it takes KEY VALUE; see paxi put --help")]
    [InlineData("put k v --id", "paxi put: --id needs a value: the replica to ask first (default: the first listed); see paxi put --help")]
    [InlineData("put k v --id 1", "paxi put: --id must be a replica, zone.node as in 1.1; got '1'; see paxi put --help")]
    [InlineData("put k v --id 1.1 --id 1.2", "paxi put: --id is given 2 times; once is enough; see paxi put --help")]
    [InlineData("put k v --timeout 0", "paxi put: --timeout must be a number of seconds, 0.001 to 3600; got '0'; see paxi put --help")]
    [InlineData("get", "paxi get: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi get --help")]
    [InlineData("get k --read now", "paxi get: --read must be log, leader, quorum or any; got 'now'; see paxi get --help")]
    [InlineData("delete", "paxi delete: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi delete --help")]
    [InlineData("cas k", "paxi cas: EXPECTED is missing: what the key must hold; left out with --absent; see paxi cas --help")]
    [InlineData("cas k old", "paxi cas: NEW is missing: what to write when the key holds EXPECTED; see paxi cas --help")]
    [InlineData("cas k old new --absent", "paxi cas: --absent takes the place of EXPECTED; write paxi cas KEY NEW --absent; see paxi cas --help")]
    [InlineData("history", "paxi history: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi history --help")]
    [InlineData("consensus", "paxi consensus: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi consensus --help")]
    [InlineData("owner", "paxi owner: KEY is missing: the key, 1 to 1024 bytes of UTF-8; see paxi owner --help")]
    [InlineData("status now", "paxi status: 'now' is too much: it takes no argument; see paxi status --help")]
    [InlineData("crash", "paxi crash: ID is missing: the replica; see paxi crash --help")]
    [InlineData("crash one 5", "paxi crash: ID must be a replica, zone.node as in 1.1; got 'one'; see paxi crash --help")]
    [InlineData("crash 1.1 soon", "paxi crash: S must be a number of seconds, as in 5 or 0.5 (0 or less: until replaced); got 'soon'; see paxi crash --help")]
    [InlineData("crash 1.1 NaN", "paxi crash: S must be a number of seconds, as in 5 or 0.5 (0 or less: until replaced); got 'NaN'; see paxi crash --help")]
    [InlineData("drop 1.1 1.1 5", "paxi drop: TO must be another replica than FROM; both are 1.1; see paxi drop --help")]
    [InlineData("slow 1.1 1.2 -1 5", "paxi slow: MS must be a number of milliseconds, 0 to 3600000; got '-1'; see paxi slow --help")]
    [InlineData("flaky 1.1 1.2 1.5 5", "paxi flaky: P must be a probability, 0 to 1; got '1.5'; see paxi flaky --help")]
    [InlineData("partition 5", "paxi partition: ID is missing: the replicas on one side; all others are on the other; see paxi partition --help")]
    [InlineData("partition 5 1.1 1.1", "paxi partition: ID has 1.1 twice; name each replica once; see paxi partition --help")]
    [InlineData("partition 5 1.1 1.2 1.3", "paxi partition: ID must leave some replica out; all are on one side; see paxi partition --help")]
    [InlineData("up --zones 0", "paxi up: --zones must be a whole number, 1 to 16; got '0'; see paxi up --help")]
    [InlineData("up --journal tape", "paxi up: --journal must be disk or memory; got 'tape'; see paxi up --help")]
    [InlineData("server", "paxi server: --id is missing: the replica to run, zone.node as in 1.1; see paxi server --help")]
    [InlineData("simulate", "paxi simulate: --algorithm is missing: the protocol: paxos, wpaxos, m2paxos, kpaxos or paxos_groups; see paxi simulate --help")]
    [InlineData("simulate --algorithm paxos --seeds 5..1", "paxi simulate: --seeds must be two whole numbers, the first up to the last, as in 1..100 (at most 10 million); got '5..1'; see paxi simulate --help")]
    [InlineData("simulate --algorithm paxos --seed 1 --seeds 1..2", "paxi simulate: --seed and --seeds are given; write one of them; see paxi simulate --help")]
    [InlineData("simulate --algorithm paxos --seed -1", "paxi simulate: --seed must be a whole number, 0 or more; got '-1'; see paxi simulate --help")]
    [InlineData("check", "paxi check: FILE is missing: the history: JSON Lines, or Paxi's key,input,output,start,end; see paxi check --help")]
    [InlineData("gte k", "paxi: there is no command 'gte'; did you mean get?; see paxi --help")]
    [InlineData("--id 1.1 get k", "paxi: the command comes first, then '--id'; see paxi --help")]
    [InlineData("status --ballot", "paxi status: there is no option '--ballot'; it takes --id, --config, --json, --help; see paxi status --help")]
    [InlineData("put k --jsno", "paxi put: there is no option '--jsno'; did you mean --json?; a value that begins with -- goes behind a lone --; see paxi put --help")]
    public async Task OneLine(string line, string error) =>
        Assert.Equal(error, await ErrorOfAsync(line.Split(' ')));

    [Theory]
    [InlineData("crash 9.9 5")]
    [InlineData("drop 1.1 9.9 5")]
    [InlineData("partition 5 9.9")]
    public async Task UnknownReplicaOfAFault(string line)
    {
        var error = await ErrorOfAsync(line.Split(' '));
        Assert.Contains("9.9 is no replica of", error, StringComparison.Ordinal);
        Assert.Contains("it may be 1.1, 1.2 or 1.3", error, StringComparison.Ordinal);
        Assert.Empty(Cluster.Requests);
    }

    [Theory]
    [InlineData("get k --id 9.9")]
    [InlineData("history k --id 9.9")]
    [InlineData("status --id 9.9")]
    public async Task UnknownReplicaOfAnOption(string line)
    {
        var error = await ErrorOfAsync(line.Split(' '));
        Assert.Contains("--id 9.9", error, StringComparison.Ordinal);
        Assert.Contains("1.1, 1.2, 1.3", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownCommandListsThemAll()
    {
        var error = await ErrorOfAsync("frobnicate");
        Assert.StartsWith("paxi: there is no command 'frobnicate'; it may be up, server, get, put,", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAlgorithmListsThoseThereAre()
    {
        var error = await ErrorOfAsync("up", "--algorithm", "raft");
        Assert.StartsWith("paxi up: --algorithm must be ", error, StringComparison.Ordinal);
        Assert.Contains("; got 'raft'; ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingConfigurationNamesTheFile()
    {
        var error = await ErrorOfAsync("status", "--config", PathOf("none.hocon"));
        Assert.StartsWith($"paxi status: {PathOf("none.hocon")}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyOverTheLimit() =>
        Assert.Equal("paxi get: KEY must be 1 to 1024 bytes of UTF-8; this one has 1026; see paxi get --help", await ErrorOfAsync("get", new string('é', 513)));

    [Fact]
    public async Task EmptyKey() =>
        Assert.Equal("paxi get: KEY must be 1 to 1024 bytes of UTF-8; this one has 0; see paxi get --help", await ErrorOfAsync("get", ""));

    [Fact]
    public async Task ValueOverTheLimit() =>
        Assert.Equal("paxi put: VALUE must be at most 1048576 bytes; this one has 1048577; see paxi put --help", await ErrorOfAsync("put", "k", new string('x', 1_048_577)));

    [Fact]
    public async Task ValueFromInputOverTheLimit()
    {
        Input = new byte[1_048_577];
        Assert.Equal("paxi put: standard input: a value must be at most 1048576 bytes; see paxi put --help", await ErrorOfAsync("put", "k", "-"));
    }

    [Fact]
    public async Task ControlCharactersOfAnArgumentDoNotReachTheTerminal()
    {
        var error = await ErrorOfAsync("crash", "\u001b[31m\n", "5");
        Assert.Contains(@"got '\x1b[31m\n'", error, StringComparison.Ordinal);
    }
}
