using Akka.Cluster;
using Paxi.Actors.Configuration;
using Paxi.Node.Hosting;
using Xunit;

namespace Paxi.Node.Tests.Hosting;

/// <summary>Whole nodes on Akka.Remote and Akka.Cluster, and the traps of both.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task A_node_runs_with_what_its_configuration_says()
    {
        await using var cluster = new TestCluster(1, "journal = memory", "akka.remote.retry-gate-closed-for = 333ms");
        await cluster.StartAsync(1);

        var config = cluster[1].System.Settings.Config;
        Assert.Equal("Akka.Cluster.NoDowning, Akka.Cluster", config.GetString("akka.cluster.downing-provider-class"));
        Assert.Equal(1, config.GetInt("akka.cluster.min-nr-of-members"));
        Assert.False(config.GetBoolean("akka.cluster.run-coordinated-shutdown-when-down"));
        Assert.Equal(["replica", "zone-1", "id-1.1"], config.GetStringList("akka.cluster.roles"));
        Assert.Equal(4 << 20, config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
        Assert.Equal(TimeSpan.FromMilliseconds(333), config.GetTimeSpan("akka.remote.retry-gate-closed-for"));
        Assert.Equal("WARNING", config.GetString("akka.loglevel").ToUpperInvariant());
        Assert.Equal("memory", config.GetString("paxi.journal"));
        Assert.Equal(cluster.Settings.Replicas[0].Remote, Cluster.Get(cluster[1].System).SelfAddress);
    }

    [Fact]
    public async Task Up_says_who_leads_and_what_to_try_and_ends_when_told()
    {
        await using var cluster = new TestCluster(3);
        using var stop = new CancellationTokenSource();
        var run = NodeHost.RunUpAsync(cluster.Settings, cluster.Console, stop.Token);
        await cluster.UntilAsync("it is up", () => Task.FromResult(cluster.Console.ToString().Contains("Ctrl-C", StringComparison.Ordinal)));

        Assert.Equal("", await cluster.PutAsync(1, "42", "hello"));
        Assert.Equal("hello", await cluster.GetAsync(3, "42"));
        await stop.CancelAsync();

        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(30)));
        var text = cluster.Console.ToString();
        Assert.Matches(@"ready after \d+\.\d s: the leader is 1\.[123] with ballot \d+\.1\.[123], all 3 agree", text);
        Assert.Contains($"curl -X PUT --data hello {cluster.Settings.Replicas[0].Rest!.GetLeftPart(UriPartial.Authority)}/42", text, StringComparison.Ordinal);
        Assert.Contains("the cluster has 3 of 3 members", text, StringComparison.Ordinal);
        Assert.EndsWith("stopped", text, StringComparison.Ordinal);
    }

    /// <summary>Whoever can reach the port can send this: it is no defect of ours, and must neither harm the replica nor fill the console with traces.</summary>
    [Theory]
    [InlineData("7FFFFFFF616263")]
    [InlineData("9F9F9F9F9F9F9F9F9F9F")]
    [InlineData("474554202F20485454502F312E310D0A0D0A")]
    public async Task Garbage_on_the_port_of_Akka_Remote_is_one_line_and_the_replica_lives_on(string bytes)
    {
        await using var cluster = new TestCluster(1, "journal = memory");
        await cluster.StartAsync(1);
        for (var connection = 0; connection < 3; connection++)
        {
            using var client = new System.Net.Sockets.TcpClient("127.0.0.1", cluster.Settings.Replicas[0].Remote.Port!.Value);
            var stream = client.GetStream();
            await stream.WriteAsync(Convert.FromHexString(bytes));
            client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await cluster.UntilAsync("it was refused", () => Task.FromResult(cluster.Console.ToString().Contains("! ", StringComparison.Ordinal)));
        }

        Assert.Equal("", await cluster.PutAsync(1, "42", "hello"));
        Assert.Equal("! 1.1 warning: refused what 127.0.0.1 sent to the port of Akka.Remote, which is no frame; the connection is closed",
            Assert.Single(cluster.Console.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => line.StartsWith('!')));
    }

    [Fact]
    public async Task A_journal_in_memory_is_announced()
    {
        await using var cluster = new TestCluster(1, "journal = memory");
        using var stop = new CancellationTokenSource();
        var run = NodeHost.RunServerAsync(cluster.Settings, TestCluster.Id(1), null, cluster.Console, stop.Token);
        await cluster.UntilAsync("it is up", () => Task.FromResult(cluster.Console.ToString().Contains("Ctrl-C", StringComparison.Ordinal)));
        await stop.CancelAsync();

        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("NOTHING SURVIVES THIS PROCESS", cluster.Console.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(cluster.Data));
    }

    /// <summary>A reference that was resolved, or taken from a sender, would be dead for ever; an address book of paths is not.</summary>
    [Fact]
    public async Task A_peer_that_restarts_at_its_address_is_reached_again()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAsync(1, 2, 3);
        await cluster.UntilLedAsync();
        await cluster.PutAsync(1, "k", "one");

        await cluster.AbortAsync(3);
        await cluster.PutAsync(1, "k", "two");
        await cluster.StartAsync(3);
        await cluster.AbortAsync(2);

        // Two of three are needed, so the one that came back must have been reached.
        Assert.Equal("two", await cluster.PutAsync(1, "k", "three"));
        Assert.Equal("three", await cluster.GetAsync(3, "k"));
    }

    /// <summary>
    /// An unreachable member must neither be downed nor end anybody, and no number of members may be waited for: that setting holds for ever, so that a
    /// replica which returns while another is away would stay outside.
    /// </summary>
    [Fact]
    public async Task A_node_that_is_gone_is_never_downed_and_one_that_returns_serves_all_the_same()
    {
        await using var cluster = new TestCluster(5, "journal = memory", "akka.cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }");
        await cluster.StartAsync(1, 2, 3, 4, 5);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up 1.4:Up 1.5:Up");

        await cluster.AbortAsync(4);
        await cluster.AbortAsync(5);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up 1.4:Up:unreachable 1.5:Up:unreachable");
        await cluster.PutAsync(1, "k", "without 4 and 5");
        await cluster.StartAsync(5);
        await cluster.AbortAsync(3);

        await cluster.PutAsync(1, "k", "with 5");
        Assert.Equal("with 5", await cluster.GetAsync(5, "k"));
        Assert.False(cluster[1].System.WhenTerminated.IsCompleted);
        Assert.False(cluster[2].System.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_leaves_is_gone_from_the_cluster_and_still_a_voter()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAsync(1, 2, 3);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up");

        await cluster.StopAsync(3);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up");
        await cluster.PutAsync(1, "k", "two of three");
        await cluster.AbortAsync(2);

        // One of three is no quorum, whatever the cluster says.
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await Assert.ThrowsAnyAsync<Exception>(() => http.GetStringAsync(new Uri(cluster.Settings.Replicas[0].Rest!, "/k")));
    }

    [Fact]
    public async Task The_seed_that_restarts_alone_joins_the_others_instead_of_founding_a_second_cluster()
    {
        await using var cluster = new TestCluster(3, "journal = disk");
        await cluster.StartAsync(1, 2, 3);
        await cluster.UntilMembersAsync(2, "1.1:Up 1.2:Up 1.3:Up");

        await cluster.StopAsync(1);
        await cluster.UntilMembersAsync(2, "1.2:Up 1.3:Up");
        await cluster.StartAsync(1);

        await cluster.UntilMembersAsync(2, "1.1:Up 1.2:Up 1.3:Up");
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up");
    }

    [Fact]
    public async Task Addresses_may_be_IPv6()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6)
        {
            return;
        }

        await using var cluster = new TestCluster(3, "journal = memory", host: "[::1]");
        await cluster.StartAsync(1, 2, 3);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up");

        await cluster.PutAsync(1, "k", "six");
        Assert.Equal("six", await cluster.GetAsync(3, "k"));
    }

    [Fact]
    public async Task Addresses_may_be_names()
    {
        await using var cluster = new TestCluster(3, "journal = memory", host: "localhost");
        await cluster.StartAsync(1, 2, 3);
        await cluster.UntilMembersAsync(1, "1.1:Up 1.2:Up 1.3:Up");

        await cluster.PutAsync(1, "k", "by name");
        Assert.Equal("by name", await cluster.GetAsync(2, "k"));
    }

    [Fact]
    public async Task A_value_at_the_limit_goes_through_the_frames()
    {
        await using var cluster = new TestCluster(3, "journal = memory");
        await cluster.StartAsync(1, 2, 3);
        var value = new string('v', 1 << 20);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(key => cluster.PutAsync(1 + (key % 3), $"k{key}", value)));

        Assert.Equal(value, await cluster.GetAsync(2, "k0"));
    }

    [Fact]
    public async Task An_injected_crash_stops_the_roles_and_starts_them_from_the_journal()
    {
        await using var cluster = new TestCluster(1);
        await cluster.StartAsync(1);
        await cluster.PutAsync(1, "k", "kept");

        await cluster.GetAsync(1, "crash?t=1");

        Assert.Equal("kept", await cluster.GetAsync(1, "k"));
    }
}
