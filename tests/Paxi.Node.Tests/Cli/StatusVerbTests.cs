using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary><c>status</c> and <c>owner</c> from recorded answers of replicas.</summary>
public sealed class StatusVerbTests : CommandLineSpec
{
    public StatusVerbTests() => Cluster.Replica = (port, _) => port switch
    {
        8181 => (HttpStatusCode.OK, Recorded("1.1", leader: "1.1", executed: 120)),
        8182 => (HttpStatusCode.OK, Recorded("1.2", leader: "1.1", executed: 117)),
        _ => null,
    };

    private static string Recorded(string id, string? leader, long executed, string ballot = "3.1.1", string state = "running", string reason = "") => $$"""
        {
          "id": "{{id}}",
          "algorithm": "paxos",
          "state": "{{state}}",
          "reason": "{{reason}}",
          "leader": {{(leader is null ? "null" : $"\"{leader}\"")}},
          "ballot": "{{ballot}}",
          "members": [
            { "id": "1.1", "cluster": "up", "reachable": true },
            { "id": "1.2", "cluster": "up", "reachable": true },
            { "id": "1.3", "cluster": "up", "reachable": false }
          ],
          "roles": {
            "journal": { "commits": "40", "fault": "none" },
            "learner": { "executed": "{{executed}}" }
          }
        }
        """;

    [Fact]
    public async Task PipedItIsPlainColumns()
    {
        var ran = await RunAsync("status");
        Assert.Equal("""
            paxos, 2 of 3 replicas answer, leader 1.1

            id   state      role      ballot  executed  lag  cluster      address
            1.1  running    leader    3.1.1   120       0    up           http://127.0.0.1:8181
            1.2  running    follower  3.1.1   117       3    up           http://127.0.0.1:8182
            1.3  no answer  -         -       -         -    unreachable  http://127.0.0.1:8183

            1.3: connection refused

            """.ReplaceLineEndings("\n"), ran.Out);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    /// <summary>HttpClient asks the new connection for its peer, and lets through what the socket says.</summary>
    [Fact]
    public async Task AReplicaThatDiesAsItIsAskedGivesNoAnswer()
    {
        var others = Cluster.Replica;
        Cluster.Replica = (port, path) => port == 8183 ? throw new SocketException((int)SocketError.NotConnected) : others(port, path);
        var ran = await RunAsync("status");
        Assert.Contains("\n1.3: NotConnected\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task OnATerminalItHasStylesAndTheSameText()
    {
        var plain = await RunAsync("status");
        Terminal = true;
        Width = 120;
        var styled = await RunAsync("status");
        Assert.Contains("\u001b[", styled.Out, StringComparison.Ordinal);
        Assert.Equal(plain.Out, System.Text.RegularExpressions.Regex.Replace(styled.Out, "\u001b\\[[0-9;]*m", ""));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task NoRowIsWiderThanTheTerminal(int width)
    {
        (Terminal, Width) = (true, width);
        var ran = await RunAsync("status");
        Assert.All(
            System.Text.RegularExpressions.Regex.Replace(ran.Out, "\u001b\\[[0-9;]*m", "").Split('\n'),
            line => Assert.True(line.Length <= width, $"{line.Length} > {width}: {line}"));
    }

    [Fact]
    public async Task Json()
    {
        var json = (await RunAsync("status --json")).Json;
        Assert.Equal(("paxos", "1.1", "3.1.1"),
            (json.GetProperty("algorithm").GetString(), json.GetProperty("leader").GetString(), json.GetProperty("ballot").GetString()));
        Assert.Equal(
            """{"id":"1.2","state":"running","role":"follower","leader":"1.1","ballot":"3.1.1","executed":117,"lag":3,"cluster":"up","address":"akka.tcp://paxi@127.0.0.1:4212","http_address":"http://127.0.0.1:8182","reason":null}""",
            json.GetProperty("replicas")[1].GetRawText());
        Assert.Equal(
            """{"id":"1.3","state":"unreachable","role":null,"leader":null,"ballot":null,"executed":null,"lag":null,"cluster":"unreachable","address":"akka.tcp://paxi@127.0.0.1:4213","http_address":"http://127.0.0.1:8183","reason":"connection refused"}""",
            json.GetProperty("replicas")[2].GetRawText());
    }

    [Fact]
    public async Task TheLeaderIsTheOneOfTheHighestBallot()
    {
        Cluster.Replica = (port, _) => (HttpStatusCode.OK, port == 8183 ? Recorded("1.3", "1.3", 130, "10.1.3") : Recorded($"1.{port - 8180}", "1.1", 120, "9.1.1"));
        Assert.StartsWith("paxos, 3 of 3 replicas answer, leader 1.3\n", (await RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Equal("1.3\n", (await RunAsync("owner 42")).Out);
    }

    [Fact]
    public async Task WhereThereAreGroupsItTellsWhoLeadsWhich()
    {
        static string Groups(string id, string leads, string leaders, string ballots) => Recorded(id, leader: null, executed: 0, ballot: "0.0.0")
            .Replace("\"algorithm\": \"paxos\"", "\"algorithm\": \"paxos_groups\"", StringComparison.Ordinal)
            .Replace("\"learner\": { \"executed\": \"0\" }",
                $$""" "groups": { "leaders": "{{leaders}}", "leads": "{{leads}}", "ballots": "{{ballots}}", "executed": "40" }""", StringComparison.Ordinal);

        Cluster.Replica = (port, _) => port switch
        {
            8181 => (HttpStatusCode.OK, Groups("1.1", "0 3", "1.1 1.2 none 1.1", "1.1.1 1.1.2 0.0.0 4.1.1")),
            // It has not heard yet that it was replaced in the last group.
            8182 => (HttpStatusCode.OK, Groups("1.2", "1 3", "1.1 1.2 none 1.2", "1.1.1 1.1.2 0.0.0 2.1.2")),
            _ => null,
        };
        var ran = await RunAsync("status");
        Assert.StartsWith("paxos_groups, 2 of 3 replicas answer, 4 groups, no leader for 2\n", ran.Out, StringComparison.Ordinal);
        Assert.Contains("1.1  running    leads 0 3  -       40        0", ran.Out, StringComparison.Ordinal);
        Assert.Equal("""["1.1","1.2",null,"1.1"]""", (await RunAsync("status --json")).Json.GetProperty("groups").GetRawText());
    }

    [Fact]
    public async Task AReplicaThatFailedSaysWhy()
    {
        Cluster.Replica = (port, _) => (HttpStatusCode.OK, Recorded($"1.{port - 8180}", null, 5, "0.0.0", "failed", "the disk is full"));
        var ran = await RunAsync("status");
        Assert.Contains("1.1  failed  -", ran.Out, StringComparison.Ordinal);
        Assert.EndsWith("\n1.1 1.2 1.3: the disk is full\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal(0, ran.Status);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task WhatIsNoReplicaIsARow(string body)
    {
        Cluster.Replica = (_, _) => (HttpStatusCode.OK, body);
        var ran = await RunAsync("status");
        Assert.Equal(1, ran.Status);
        Assert.Contains("1.1 1.2 1.3: what answers there is no replica", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyAnswers()
    {
        Cluster.Replica = (_, _) => null;
        var ran = await RunAsync("status --json");
        Assert.Equal(1, ran.Status);
        Assert.StartsWith("paxos, 0 of 3 replicas answer, no leader\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal(3, ran.Json.GetProperty("replicas").GetArrayLength());
    }

    [Fact]
    public async Task OneReplicaTellsAllOfItsRoles()
    {
        var ran = await RunAsync("status --id 1.2");
        Assert.Equal("""
            1.2  running  http://127.0.0.1:8182

            journal
              commits  40
              fault    none

            learner
              executed  117

            """.ReplaceLineEndings("\n"), ran.Out);
        Assert.Equal(0, ran.Status);
    }

    [Fact]
    public async Task OwnerIsTheLeader()
    {
        var ran = await RunAsync("owner 42 --json");
        Assert.Equal("1.1\n" + """{"key":"42","owner":"1.1","ballot":"3.1.1"}""" + "\n", ran.Out);
        Assert.Equal(0, ran.Status);
    }

    [Fact]
    public async Task OwnerOfAKeyIsTheOneOfTheHighestBallotAmongTheReplicas()
    {
        var asked = new System.Collections.Concurrent.ConcurrentBag<string>();
        Cluster.Replica = (port, path) =>
        {
            asked.Add(path);
            return !path.StartsWith("/owner", StringComparison.Ordinal) ? (HttpStatusCode.OK, Recorded($"1.{port - 8180}", null, 5, "0.0.0"))
                : port == 8181 ? (HttpStatusCode.OK, """{"key":"a b","owner":"1.3","ballot":"9.1.3"}""")
                : port == 8182 ? (HttpStatusCode.OK, """{"key":"a b","owner":"1.2","ballot":"10.1.2"}""")
                : (HttpStatusCode.OK, """{"key":"a b","owner":null,"ballot":null}""");
        };
        var ran = await RunAsync("owner", "a b", "--json");
        Assert.Equal("1.2\n" + """{"key":"a b","owner":"1.2","ballot":"10.1.2"}""" + "\n", ran.Out);
        Assert.Equal(0, ran.Status);
        Assert.Contains("/owner?key=a%20b", asked);
    }

    [Fact]
    public async Task OwnerOfAKeyThatNobodyOwnsIsOne()
    {
        Cluster.Replica = (port, path) => (HttpStatusCode.OK, path.StartsWith("/owner", StringComparison.Ordinal) ? "<html>" : Recorded($"1.{port - 8180}", null, 5, "0.0.0"));
        var ran = await RunAsync("owner 42");
        Assert.Equal((1, "", "paxi owner: no leader is known; 3 of 3 replicas answer\n"), (ran.Status, ran.Out, ran.Error));
    }

    [Fact]
    public async Task OwnerWithoutALeaderIsOne()
    {
        Cluster.Replica = (_, _) => null;
        var ran = await RunAsync("owner 42");
        Assert.Equal((1, "", "paxi owner: no leader is known; 0 of 3 replicas answer\n"), (ran.Status, ran.Out, ran.Error));
    }
}
