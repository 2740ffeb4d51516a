using System.Net;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Node.Rest;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary><c>status</c> and <c>owner</c> where each object has an owner, from recorded answers of replicas.</summary>
public sealed class OwnershipStatusTests : CommandLineSpec
{
    public OwnershipStatusTests() => Cluster.Replica = (port, path) => path.StartsWith("/owner", StringComparison.Ordinal)
        ? (HttpStatusCode.OK, """{"key":"42","owner":null,"ballot":null}""")
        : port switch
        {
            8181 => (HttpStatusCode.OK, Recorded("1.1", objects: 40, steals: 3, owners: "\"1.1\": 40, \"1.2\": 7, \"1.3\": 12", held: 59)),
            8182 => (HttpStatusCode.OK, Recorded("1.2", objects: 7, steals: 0, owners: "\"1.2\": 7, \"1.3\": 11", held: 58)),
            _ => null,
        };

    private static string Recorded(string id, long objects, long steals, string owners, long held) => $$"""
        {
          "id": "{{id}}",
          "algorithm": "wpaxos",
          "state": "running",
          "reason": "",
          "leader": null,
          "ballot": "0.0.0",
          "members": [ { "id": "1.1", "cluster": "up", "reachable": true }, { "id": "1.2", "cluster": "up", "reachable": true } ],
          "ownership": { "objects": {{objects}}, "steals_per_minute": {{steals}}, "owners": { {{owners}} }, "zones": {} },
          "roles": { "learner": { "objects": "{{held}}" } }
        }
        """;

    [Fact]
    public async Task WhoOwnsHowManyByReplicaAndZone()
    {
        var ran = await RunAsync("status");
        Assert.Equal("""
            wpaxos, 2 of 3 replicas answer, 47 objects owned, 3 steals in the last minute

            id   state      owns  steals/min  holds  cluster  address
            1.1  running    40    3           59     up       http://127.0.0.1:8181
            1.2  running    7     0           58     up       http://127.0.0.1:8182
            1.3  no answer  ~12   -           -      absent   http://127.0.0.1:8183

            zone  owns  steals/min  replicas that answer
            1     47    3           2 of 3

            ~: by the word of the others, since it cannot tell itself; they stay its own until somebody asks for them

            1.3: connection refused

            """.ReplaceLineEndings("\n"), ran.Out);
        Assert.Equal((0, ""), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Json()
    {
        var json = (await RunAsync("status --json")).Json;
        var first = json.GetProperty("replicas")[0];
        Assert.Equal((40, 3), (first.GetProperty("objects").GetInt64(), first.GetProperty("steals_per_minute").GetInt64()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("replicas")[2].GetProperty("objects").ValueKind);
        Assert.Equal("""[{"zone":1,"objects":47,"steals_per_minute":3}]""", json.GetProperty("zones").GetRawText());
    }

    [Fact]
    public async Task AKeyThatNobodyOwnsIsNoMissingLeader()
    {
        var ran = await RunAsync("owner 42");
        Assert.Equal((1, "", "paxi owner: no replica knows an owner; the first one that is asked for the key becomes it; 2 of 3 replicas answer\n"), (ran.Status, ran.Out, ran.Error));
    }

    [Fact]
    public void OfTheRoleThatKnows()
    {
        var status = OwnershipStatus.Of(new ReplicaStatus(new ReplicaId(1, 1), ReplicaState.Running, "",
        [
            new RoleStatus("links", [new("sent", "4")]),
            new RoleStatus("owners", [new("owned", "5"), new("steals-per-minute", "2"), new("owners", "1.1=5 1.2=1 12.3=9")]),
        ]))!;
        Assert.Equal((5, 2), (status.Objects, status.StealsPerMinute));
        Assert.Equal([new("1.1", 5), new("1.2", 1), new("12.3", 9)], status.Owners);
        Assert.Equal([new("1", 6), new("12", 9)], status.Zones);
    }

    [Fact]
    public void NoneWhereThereAreNoOwners() =>
        Assert.Null(OwnershipStatus.Of(new ReplicaStatus(new ReplicaId(1, 1), ReplicaState.Running, "", [new RoleStatus("leader", [new("ballot", "1.1.1")])])));
}
