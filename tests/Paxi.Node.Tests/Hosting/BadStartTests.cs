using System.Net;
using System.Net.Sockets;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Node.Hosting;
using Xunit;

namespace Paxi.Node.Tests.Hosting;

/// <summary>What is wrong is said in one line before anything is started or written.</summary>
public sealed class BadStartTests
{
    [Theory]
    [InlineData("algorithm = paxo", "algorithm = paxo is unknown; it may be ")]
    [InlineData("quorum { q1 = 1, q2 = 1 }", "do not intersect: {1.1} and {1.2}; q1 + q2 must exceed 3")]
    [InlineData("quorum { q1 = 9, q2 = 1 }", "q1")]
    [InlineData("client.max-outstanding = 1000000", "client.max-outstanding")]
    [InlineData("heartbeat-interval = 2s", "election-timeout")]
    public async Task An_option_that_cannot_be_is_refused(string paxi, string message)
    {
        await using var cluster = new TestCluster(3, paxi);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => NodeHost.RunUpAsync(cluster.Settings, cluster.Console, CancellationToken.None));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith($" ({cluster.ConfigurationFile})", fault.Message, StringComparison.Ordinal);
        AssertNothingHappened(cluster, fault);
    }

    [Fact]
    public async Task An_unknown_id_is_refused()
    {
        await using var cluster = new TestCluster(2);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(
            () => NodeHost.RunServerAsync(cluster.Settings, new ReplicaId(1, 3), null, cluster.Console, CancellationToken.None));

        Assert.EndsWith("it may be 1.1, 1.2", fault.Message, StringComparison.Ordinal);
        AssertNothingHappened(cluster, fault);
    }

    [Theory]
    [InlineData("here:1", "--join here:1: it must be akka.tcp://paxi@HOST:PORT")]
    [InlineData("akka.tcp://other@here:1", "--join akka.tcp://other@here:1: the actor system is called paxi, not other: akka.tcp://paxi@HOST:PORT")]
    public async Task A_wrong_address_to_join_is_refused(string join, string message)
    {
        await using var cluster = new TestCluster(1);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(
            () => NodeHost.RunServerAsync(cluster.Settings, new ReplicaId(1, 1), join, cluster.Console, CancellationToken.None));

        Assert.Equal(message, fault.Message);
        AssertNothingHappened(cluster, fault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_in_use_is_named(bool rest)
    {
        await using var cluster = new TestCluster(2);
        var replica = cluster.Settings.Replicas[1];
        var port = rest ? replica.Rest!.Port : replica.Remote.Port!.Value;
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => NodeHost.RunUpAsync(cluster.Settings, cluster.Console, CancellationToken.None));

        var key = rest ? $"paxi.http-address.\"1.2\" = http://127.0.0.1:{port}" : $"paxi.address.\"1.2\" = akka.tcp://paxi@127.0.0.1:{port}";
        Assert.Equal($"{key}: port {port} of 127.0.0.1 is in use; stop what uses it or choose another ({cluster.ConfigurationFile})", fault.Message);
        AssertNothingHappened(cluster, fault);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1 is no address of this machine")]
    [InlineData("no-such-host.invalid", "the host no-such-host.invalid is not known here")]
    public async Task An_address_of_another_machine_is_named(string host, string message)
    {
        await using var cluster = new TestCluster(1, host: host);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(
            () => NodeHost.RunServerAsync(cluster.Settings, new ReplicaId(1, 1), null, cluster.Console, CancellationToken.None));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        AssertNothingHappened(cluster, fault);
    }

    [Fact]
    public async Task A_directory_of_another_replica_is_named_and_nothing_else_is_made()
    {
        await using var cluster = new TestCluster(3);
        using (new RocksDbJournalStore(Path.Combine(cluster.Data, "1.2"), new JournalIdentity(new ReplicaId(7, 7), "paxos")))
        {
        }

        var before = Snapshot(cluster.Data);
        var fault = await Assert.ThrowsAsync<JournalException>(() => NodeHost.RunUpAsync(cluster.Settings, cluster.Console, CancellationToken.None));

        Assert.Contains("belongs to replica 7.7 (paxos); it cannot be opened as 1.2 (paxos)", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(cluster.Data));
        Assert.Empty(cluster.Console.Lines);
    }

    [Fact]
    public async Task A_section_akka_that_cannot_be_is_one_line()
    {
        await using var cluster = new TestCluster(1, "journal = memory", "akka.remote.dot-netty.tcp.connection-timeout = soon");

        var fault = await Assert.ThrowsAsync<ConfigurationException>(
            () => NodeHost.RunServerAsync(cluster.Settings, new ReplicaId(1, 1), null, cluster.Console, CancellationToken.None));

        Assert.StartsWith("the section akka is wrong: ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private static void AssertNothingHappened(TestCluster cluster, Exception fault)
    {
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(cluster.Console.Lines);
        Assert.Equal([cluster.ConfigurationFile], Directory.EnumerateFileSystemEntries(cluster.Directory));
    }

    private static List<string> Snapshot(string directory) =>
        [.. Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
