using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary><c>history</c> and <c>consensus</c> from recorded answers of replicas.</summary>
public sealed class HistoryVerbTests : CommandLineSpec
{
    private void Holds(int port, long executed, params string[] versions) => _replicas[port] = (executed, versions);

    private readonly Dictionary<int, (long Executed, string[] Versions)> _replicas = [];

    public HistoryVerbTests() => Cluster.Replica = (port, path) => !_replicas.TryGetValue(port, out var replica)
        ? null
        : path switch
        {
            "/status" => (HttpStatusCode.OK, StatusOf($"1.{port - 8180}", replica.Executed)),
            "/history?key=k%20%2F" => (HttpStatusCode.OK, JsonSerializer.Serialize(replica.Versions.Select(version => Convert.ToBase64String(Encoding.UTF8.GetBytes(version))))),
            _ => (HttpStatusCode.BadRequest, "what is this\n"),
        };

    private static string StatusOf(string id, long executed) =>
        """{"id":"ID","algorithm":"paxos","state":"running","reason":"","leader":"1.1","ballot":"1.1.1","members":[],"roles":{"learner":{"executed":"EXECUTED"}}}"""
            .Replace("ID", id, StringComparison.Ordinal).Replace("EXECUTED", $"{executed}", StringComparison.Ordinal);

    [Fact]
    public async Task HistoryOfTheFirstThatAnswers()
    {
        Holds(8182, 9, "a", "b\n");
        var ran = await RunAsync("history", "k /");
        Assert.Equal((0, "1  a\n2  b\\n\n", "paxi history: 1.1: connection refused\n"), (ran.Status, ran.Out, ran.Error));
    }

    [Fact]
    public async Task HistoryOfOneReplicaInJson()
    {
        Holds(8181, 9, "x");
        Holds(8183, 9, "a", "b");
        var ran = await RunAsync("history", "k /", "--id", "1.3", "--json");
        Assert.Equal(
            """{"key":"k /","replica":"1.3","versions":[{"value":"a","encoding":"utf-8"},{"value":"b","encoding":"utf-8"}]}""" + "\n", ran.Out);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task HistoryThatNobodyTellsIsOne()
    {
        var ran = await RunAsync("history", "k /");
        Assert.Equal((1, ""), (ran.Status, ran.Out));
        Assert.Contains("1.3: connection refused", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsensusOfEqualReplicas()
    {
        Holds(8181, 9, "a", "b");
        Holds(8182, 9, "a", "b");
        Holds(8183, 9, "a", "b");
        var ran = await RunAsync("consensus", "k /");
        Assert.Equal("""
            id   executed  versions         newest
            1.1  9         2         equal  b
            1.2  9         2         equal  b
            1.3  9         2         equal  b

            key 'k /': equal: 3 of 3 replicas hold the same versions

            """.ReplaceLineEndings("\n"), ran.Out);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task ConsensusWithOneThatLagsIsGood()
    {
        Holds(8181, 9, "b", "c", "d");
        Holds(8182, 7, "a", "b", "c");
        var ran = await RunAsync("consensus", "k /", "--json");
        Assert.Equal(0, ran.Status);
        Assert.Contains("behind by 1", ran.Out, StringComparison.Ordinal);
        Assert.Equal("prefix", ran.Json.GetProperty("verdict").GetString());
        Assert.Equal(1, ran.Json.GetProperty("replicas")[1].GetProperty("behind").GetInt32());
        Assert.Equal("connection refused", ran.Json.GetProperty("replicas")[2].GetProperty("error").GetString());
    }

    [Fact]
    public async Task ConsensusOfDifferentVersionsAtTheSameSlotIsAViolation()
    {
        Holds(8181, 9, "a", "b");
        Holds(8182, 9, "a", "c");
        Holds(8183, 9, "a", "b");
        var ran = await RunAsync("consensus", "k /", "--json");
        Assert.Equal(1, ran.Status);
        Assert.Contains("1.2  9         2         differs from 1.1 at version 2  c\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal("conflict", ran.Json.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task ConsensusThatCannotBeToldIsThree()
    {
        // 1.2 may not have seen a delete yet.
        Holds(8181, 9, "z");
        Holds(8182, 7, "a", "b");
        var ran = await RunAsync("consensus", "k /");
        Assert.Equal(3, ran.Status);
        Assert.Contains("unknown: the versions differ, but the replicas have not executed the same slots", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsensusWithoutSlotsHasNoColumnForThem()
    {
        Cluster.Replica = (port, path) => port == 8183 ? null : path == "/status"
            ? (HttpStatusCode.OK, StatusOf($"1.{port - 8180}", 0).Replace("executed", "objects", StringComparison.Ordinal))
            : (HttpStatusCode.OK, "[\"YQ==\"]");
        var ran = await RunAsync("consensus", "k /");
        Assert.Equal("""
            id   versions             newest
            1.1  1         equal      a
            1.2  1         equal      a
            1.3  -         no answer  connection refused

            key 'k /': equal: 2 of 3 replicas hold the same versions

            """.ReplaceLineEndings("\n"), ran.Out);
    }

    [Fact]
    public async Task ConsensusOfOneAnswerIsThree()
    {
        Holds(8181, 9, "z");
        var ran = await RunAsync("consensus", "k /", "--json");
        Assert.Equal(3, ran.Status);
        Assert.Equal("unknown", ran.Json.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task ConsensusOfAnAbsentKey()
    {
        Holds(8181, 9);
        Holds(8182, 9);
        var ran = await RunAsync("consensus", "k /");
        Assert.Equal(0, ran.Status);
        Assert.Contains("1.1  9         0         equal      absent", ran.Out, StringComparison.Ordinal);
    }
}
