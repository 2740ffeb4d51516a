using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Paxi.Processes.Tests;

/// <summary>The program as a shell sees it: exit status, lines, signals.</summary>
public sealed class CommandLineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("no such replica in", "server", "--id", "9.9")]
    [InlineData("--algorithm must be paxos", "server", "--id", "1.1", "--algorithm", "raft")]
    [InlineData("--journal must be disk or memory", "server", "--id", "1.1", "--journal", "tape")]
    [InlineData("--join here", "server", "--id", "1.1", "--join", "here")]
    [InlineData("--zones", "up", "--zones", "3")]
    public async Task A_wrong_argument_is_one_line_and_status_2(string part, params string[] arguments)
    {
        await using var cluster = new ProcessCluster(3);
        await using var process = PaxiProcess.Start([.. arguments, "--config", cluster.ConfigurationFile, "--data", cluster.Data]);

        await AssertRefusedAsync(process, part, cluster);
    }

    [Theory]
    [InlineData("heartbeat-intervall = 1s", "did you mean heartbeat-interval?")]
    [InlineData("quorum { q1 = 1, q2 = 1 }", "do not intersect")]
    [InlineData("admin = maybe", "it may be on or off")]
    public async Task A_wrong_configuration_is_one_line_and_status_2(string paxi, string part)
    {
        await using var cluster = new ProcessCluster(3, paxi);
        await using var process = PaxiProcess.Start("server", "--id", "1.1", "--config", cluster.ConfigurationFile, "--data", cluster.Data);

        await AssertRefusedAsync(process, part, cluster);
    }

    [Fact]
    public async Task A_missing_file_is_one_line_and_status_2()
    {
        await using var cluster = new ProcessCluster(1);
        await using var process = PaxiProcess.Start("server", "--id", "1.1", "--config", Path.Combine(cluster.Directory, "gone.hocon"), "--data", cluster.Data);

        await AssertRefusedAsync(process, "gone.hocon is not there", cluster);
    }

    [Theory]
    [InlineData("server", "--id", "1.1")]
    [InlineData("up")]
    public async Task A_port_in_use_is_one_line_and_status_2(params string[] arguments)
    {
        await using var cluster = new ProcessCluster(1);
        using var other = new TcpListener(IPAddress.Loopback, cluster.Rest[0].Port);
        other.Start();
        await using var process = PaxiProcess.Start([.. arguments, "--config", cluster.ConfigurationFile, "--data", cluster.Data]);

        await AssertRefusedAsync(process, $"port {cluster.Rest[0].Port} of 127.0.0.1 is in use", cluster);
    }

    [Fact]
    public async Task A_data_directory_of_another_replica_or_in_use_is_one_line_and_status_2()
    {
        await using var cluster = new ProcessCluster(1);
        await cluster.StartAllAsync();
        await using var other = new ProcessCluster(1);
        await using var inUse = PaxiProcess.Start("server", "--id", "1.1", "--config", other.ConfigurationFile, "--data", cluster.Data);
        Assert.Equal(2, await inUse.ExitStatusAsync(Patience));
        Assert.Contains("is in use by process", Assert.Single(inUse.Errors), StringComparison.Ordinal);

        await cluster.KillAsync(0);
        Directory.CreateDirectory(other.Data);
        Directory.Move(Path.Combine(cluster.Data, "1.1"), Path.Combine(other.Data, "1.2"));
        await using var another = new ProcessCluster(2);
        await using var wrong = PaxiProcess.Start("server", "--id", "1.2", "--config", another.ConfigurationFile, "--data", other.Data);
        Assert.Equal(2, await wrong.ExitStatusAsync(Patience));
        Assert.Contains("belongs to replica 1.1 (paxos); it cannot be opened as 1.2 (paxos)", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server", "--id", "1.1")]
    [InlineData("up")]
    public async Task Ctrl_C_ends_it_with_status_0(params string[] arguments)
    {
        await using var cluster = new ProcessCluster(1);
        await using var process = PaxiProcess.Start([.. arguments, "--config", cluster.ConfigurationFile, "--data", cluster.Data]);
        await cluster.UntilAsync("it is ready", () => Task.FromResult(process.Output.Any(static line => line.Contains("Ctrl-C", StringComparison.Ordinal))));

        process.SendInterrupt();

        Assert.Equal(0, await process.ExitStatusAsync(Patience));
        Assert.Equal("stopped", process.Output[^1]);
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task Ctrl_C_while_it_starts_ends_it_too()
    {
        await using var cluster = new ProcessCluster(3);
        await using var process = PaxiProcess.Start("server", "--id", "1.1", "--config", cluster.ConfigurationFile, "--data", cluster.Data);
        await cluster.UntilAsync("it has begun", () => Task.FromResult(process.Output.Count > 0));

        process.SendInterrupt();

        Assert.Equal(0, await process.ExitStatusAsync(Patience));
    }

    [Fact]
    public async Task A_node_may_join_through_any_member()
    {
        await using var cluster = new ProcessCluster(3);
        cluster.Start(0);
        cluster.Start(1);
        await cluster.UntilLeaderAsync();
        await using var third = PaxiProcess.Start("server", "--id", "1.3", "--config", cluster.ConfigurationFile, "--data", cluster.Data,
            "--join", Address(cluster, "1.2"));

        await cluster.UntilAsync("1.3 is a member", async () =>
            await cluster.StatusAsync(0, static status => status.GetProperty("members")[2].GetProperty("cluster").GetString()) == "up");
        await cluster.PutAsync(2, "k", "joined");
        Assert.Equal("joined", await cluster.GetAsync(0, "/k"));
    }

    private static string Address(ProcessCluster cluster, string id) =>
        Paxi.Actors.Configuration.PaxiSettings.Load(cluster.ConfigurationFile, Paxi.Actors.Configuration.SettingsOverrides.None)
            .Find(Paxi.Actors.ReplicaId.Parse(id)).Remote.ToString();

    private static async Task AssertRefusedAsync(PaxiProcess process, string part, ProcessCluster cluster)
    {
        Assert.Equal(2, await process.ExitStatusAsync(Patience));
        Assert.Contains(part, Assert.Single(process.Errors), StringComparison.Ordinal);
        Assert.Empty(process.Output);
        Assert.False(Directory.Exists(cluster.Data));
    }
}
