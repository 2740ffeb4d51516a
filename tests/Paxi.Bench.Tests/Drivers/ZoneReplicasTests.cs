using System.Net;
using Paxi.Actors.Configuration;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;
using Xunit;

namespace Paxi.Bench.Tests.Drivers;

/// <summary>Whom a client of a zone asks, also when its zone is dead.</summary>
public sealed class ZoneReplicasTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("paxi-bench-tests-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData("wpaxos", 0, 0, "1.1 1.2 2.1 2.2 3.1 3.2", 2)]
    [InlineData("wpaxos", 1, 1, "2.2 2.1 3.1 3.2 1.1 1.2", 2)]
    [InlineData("wpaxos", 2, 0, "3.1 3.2 1.1 1.2 2.1 2.2", 2)]
    [InlineData("paxos", 1, 0, "2.1 2.2 3.1 3.2 1.1 1.2", null)]
    public void The_own_zone_is_first_and_the_others_follow_it(string algorithm, int zone, int actor, string order, int? own)
    {
        var settings = Settings(algorithm, 3, 2);
        var ids = ZoneReplicas.Of(settings, isSpread: true)[zone];
        Assert.Equal(order, string.Join(' ', ZoneReplicas.Order(settings, ids, actor)));
        Assert.Equal(own, ZoneReplicas.Own(settings, ids));
    }

    [Fact]
    public void Who_belongs_to_no_zone_has_no_own_replicas()
    {
        var settings = Settings("wpaxos", 2, 1);
        Assert.Null(ZoneReplicas.Own(settings, ZoneReplicas.Of(settings, isSpread: false)[0]));
    }

    [Fact]
    public async Task By_REST_another_zone_answers_for_a_dead_one_and_an_empty_body_is_no_value()
    {
        var settings = Settings("wpaxos", 3, 1);
        var alive = settings.Replicas[2];
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{alive.Rest!.Port}/");
        listener.Start();
        var serving = Task.Run(async () =>
        {
            foreach (var body in (byte[][])[[], "v"u8.ToArray()])
            {
                var context = await listener.GetContextAsync();
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
        });
        await using var driver = new RestDriver(settings, 3, isSpread: true);
        var absent = await driver.SendAsync(0, new LoadOperation("1", null));
        var present = await driver.SendAsync(1, new LoadOperation("1", null));
        await serving;
        listener.Stop();
        var nobody = await driver.SendAsync(0, new LoadOperation("1", null));
        Assert.Equal((LoadOutcome.Done, false), (absent.Outcome, absent.Value.HasValue));
        Assert.Equal("v"u8.ToArray(), present.Value!.Value.ToArray());
        Assert.Equal(LoadOutcome.Failed, nobody.Outcome);
    }

    private PaxiSettings Settings(string algorithm, int zones, int nodes) =>
        ClusterFile.Load(ClusterFile.Write(_path, zones, nodes, servesRest: true), new SettingsOverrides { Algorithm = algorithm });
}
