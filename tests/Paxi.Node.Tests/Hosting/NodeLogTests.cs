using Microsoft.Extensions.Logging;
using Paxi.Node.Hosting;
using Xunit;

namespace Paxi.Node.Tests.Hosting;

/// <summary>What a person sees of Akka's warnings, in Akka's words of version 1.5.</summary>
public sealed class NodeLogTests : IDisposable
{
    private const string Heading = "[WARNING][11/26/2026 18:29:22.079Z][Thread 0010][remoting (akka://paxi)] ";
    private const string Peer = "akka.tcp://paxi@127.0.0.1:4212";
    private const string Unreachable = "1.1 replica 1.2 at akka.tcp://paxi@127.0.0.1:4212 cannot be reached; it is tried again and again";

    private readonly RecordingConsole _console = new();
    private readonly NodeLog _log;

    public NodeLogTests() => _log = new NodeLog(_console, "1.1", new Dictionary<string, string> { [Peer] = "1.2" });

    public void Dispose() => _log.Dispose();

    private IEnumerable<string> Errors(params string[] lines)
    {
        var logger = _log.CreateLogger("akka");
        foreach (var line in lines)
        {
            logger.Log(LogLevel.Warning, 0, line, null, static (state, _) => state);
        }

        // What goes to standard error.
        return _console.Lines.Select(static shown => shown["! ".Length..]);
    }

    [Fact]
    public void A_peer_that_the_cluster_misses_is_named_once()
    {
        var line = $"Cluster Node [akka.tcp://paxi@127.0.0.1:4211] - Marking node(s) as UNREACHABLE [Member(address = {Peer}, Uid=1440329214 status = Up, role=[zone-1,id-1.2,replica], upNumber=2, version=0.1.0)]. Node roles [zone-1,id-1.1,replica]";
        Assert.Equal([Unreachable], Errors(line, line));
    }

    [Fact]
    public void Several_that_it_misses_are_a_line_each() => Assert.Equal(
        [Unreachable, "1.1 akka.tcp://paxi@127.0.0.1:4213 cannot be reached; it is tried again and again"],
        Errors($"Cluster Node [x] - Marking node(s) as UNREACHABLE [Member(address = {Peer}, Uid=1 status = Up), Member(address = akka.tcp://paxi@127.0.0.1:4213, Uid=2 status = Up)]. Node roles [x]"));

    [Fact]
    public void A_delay_is_told_once_a_minute_whatever_its_length() => Assert.Equal(
        ["1.1 warning: the node got no processor time for 2345 ms; its machine is overloaded, or it was stopped"],
        Errors(
            "Cluster Node [x] - Scheduled sending of heartbeat was delayed. Previous heartbeat was sent [2345.6789] ms ago, expected interval is [1000] ms. This may cause failure detection to mark members as unreachable. The reason can be thread starvation, e.g. by running blocking tasks on the default dispatcher, CPU overload, or GC.",
            "Cluster Node [x] - Scheduled sending of heartbeat was delayed. Previous heartbeat was sent [2999] ms ago, expected interval is [1000] ms. This may"));

    [Theory]
    [InlineData("heartbeat interval is growing too large for address akka.tcp://paxi@127.0.0.1:4212: 3456.7 millis", "heartbeat interval is growing too large for address [akka.tcp://paxi@127.0.0.1:4212]: 4000 millis")]
    public void A_peer_that_is_late_is_named_once(string line, string again) =>
        Assert.Equal(["1.1 warning: replica 1.2 at akka.tcp://paxi@127.0.0.1:4212 answers late; it, this node or the network is overloaded"], Errors(line, again));

    [Fact]
    public void A_queue_that_grows_is_told_with_its_peer() => Assert.Equal(
        ["1.1 warning: 1001 messages wait to be sent to replica 1.2 at akka.tcp://paxi@127.0.0.1:4212; it or the network is slower than the load"],
        Errors(
            $"{Heading}[1001] buffered messages in EndpointWriter for [{Peer}]. You should probably implement flow control to avoid flooding the remote connection.",
            $"{Heading}[2001] buffered messages in EndpointWriter for [{Peer}]. You should probably implement flow control to avoid flooding the remote connection."));

    [Theory]
    [InlineData("Disassociated")]
    [InlineData("Socket read operation aborted. Connection is about to be closed. Channel [[::ffff:127.0.0.1]:4211->[::ffff:127.0.0.1]:50000](Id=3)")]
    [InlineData("Cluster Node [x] - Marking exiting node(s) as UNREACHABLE [Member(address = akka.tcp://paxi@127.0.0.1:4212, Uid=1)]. This is expected and they will be removed.")]
    [InlineData("Coordinated shutdown phase [cluster-exiting] timed out after 00:00:02")]
    public void What_is_in_order_is_not_told(string line) => Assert.Empty(Errors(line));

    [Fact]
    public void Anything_else_is_told_as_it_is() => Assert.Equal(["1.1 warning: something new"], Errors($"{Heading}something new"));
}
