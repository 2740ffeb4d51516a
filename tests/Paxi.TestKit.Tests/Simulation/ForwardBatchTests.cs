using System.Text;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>Parts of requests on their way from gateway to gateway.</summary>
public sealed class ForwardBatchTests : IDisposable
{
    private static readonly ReplicaId A = new(1, 1);
    private static readonly ReplicaId B = new(1, 2);

    private readonly PassingProtocol _protocol = new();
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedClient _client;
    private readonly List<(string Body, Reply Reply)> _replies = [];

    public ForwardBatchTests()
    {
        _cluster = new SimulatedCluster(_protocol);
        _cluster.Start();
        _cluster.World.Advance(TimeSpan.FromMilliseconds(50));
        _client = _cluster.AddClient(null, settings => settings with { Timeout = TimeSpan.FromSeconds(2), RetryInterval = TimeSpan.FromMilliseconds(500) });
        Send("0");
        _cluster.World.Advance(TimeSpan.FromMilliseconds(100));
        _replies.Clear();
        _protocol.Proposed.Clear();
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Parts_of_a_request_are_answered_by_those_whom_they_were_passed_to()
    {
        Send("0", "01", "02", "012");
        _cluster.World.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(["0", "01", "012", "02"], _replies.Select(one => one.Body).Order(StringComparer.Ordinal));
        Assert.All(_replies, one => Assert.Equal((Outcome.Done, one.Body), (one.Reply.Outcome, Encoding.UTF8.GetString(one.Reply.Value!.Value.Span))));
        Assert.All(_protocol.Proposed, one => Assert.Equal(A, one.Asked));
        _cluster.ThrowIfFailed();
    }

    [Fact]
    public void The_client_stays_with_the_replica_that_it_asked()
    {
        for (var round = 0; round < 5; round++)
        {
            Send("01", "02");
            _cluster.World.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(10, _replies.Count(one => one.Reply.Outcome == Outcome.Done));
        Assert.All(_protocol.Proposed.Where(one => one.Hops == 0), one => Assert.Equal(A, one.Replica));
    }

    [Fact]
    public void A_part_that_comes_back_is_answered_to_the_client()
    {
        Send("010", "0120");
        _cluster.World.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal([Outcome.Done, Outcome.Done], _replies.Select(one => one.Reply.Outcome));
        Assert.Contains((A, A, (byte)3, 1), _protocol.Proposed);
    }

    [Fact]
    public void Two_gateways_that_pass_a_part_to_each_other_drop_it_and_nothing_is_refused()
    {
        Send("0101010101", "0");
        _cluster.World.Advance(TimeSpan.FromMilliseconds(400));
        var proposals = _protocol.Proposed.Where(one => one.Hops > 0).ToList();
        Assert.Equal([1, 2, 3], proposals.Select(one => (int)one.Hops));
        Assert.Equal(["0"], _replies.Select(one => one.Body));
        Assert.Equal("1", Gateway(B, "dropped"));
        Assert.Equal("0", Gateway(A, "refused"));

        // The client asks again until its time is up; then nobody knows.
        _cluster.World.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(Outcome.Unknown, _replies[1].Reply.Outcome);
        var count = _protocol.Proposed.Count;
        _cluster.World.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(count, _protocol.Proposed.Count);
        _cluster.ThrowIfFailed();
    }

    [Fact]
    public void What_is_no_batch_of_blocks_is_dropped_and_counted()
    {
        var good = BatchWriter.Join([BatchWriter.Block(1, 1, [(1, "0"u8.ToArray())]), BatchWriter.Block(2, 1, [(1, "0"u8.ToArray()), (2, "0"u8.ToArray())])]);
        Deliver(new ForwardBatch(B, 1, good));
        Assert.Equal([(A, B, (byte)1, 3)], _protocol.Proposed);
        Deliver(new ForwardBatch(B, 1, new Batch(2, good.Payload)));
        Deliver(new ForwardBatch(B, 1, new Batch(3, good.Payload[..^1])));
        Deliver(new ForwardBatch(B, 1, Batch.NoOp));
        Deliver(new ForwardBatch(B, 1, BatchWriter.Block(1, 5, [(4, "0"u8.ToArray())])));
        Deliver(new ForwardBatch(B, GatewayActor.MaxHops + 1, good));
        Assert.Single(_protocol.Proposed);
        Assert.Equal("9", Gateway(A, "dropped"));
        _cluster.ThrowIfFailed();
    }

    private void Send(params string[] bodies)
    {
        foreach (var body in bodies)
        {
            _client.Send(new Invoke(Encoding.UTF8.GetBytes(body), IsReadOnly: false), reply => _replies.Add((body, reply)));
        }
    }

    private string? Gateway(ReplicaId replica, string name) => _cluster.StatusOf(replica)!.Find(KernelRoles.Gateway, name);

    private void Deliver(ForwardBatch message)
    {
        var settings = AgreedSettings.Of(_protocol.Name, _cluster.Settings).FingerprintIn(new Epoch(1, _cluster.Replicas));
        _cluster.World.Adopt();
        _cluster.Node(A).System.ActorSystem.ActorSelection("/user/links").Tell(new Envelope(B, settings, [message]), ActorRefs.NoSender);
        _cluster.World.Settle();
    }
}
