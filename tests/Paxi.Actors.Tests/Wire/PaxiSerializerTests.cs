using Akka.Actor;
using Akka.Serialization;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Wire;

/// <summary>The binary form through the serializers of an actor system, as Akka.Remote and the simulated network use them.</summary>
public sealed class PaxiSerializerTests : IDisposable
{
    private static readonly ReplicaId One = new(1, 1);
    private static readonly ReplicaId Two = new(1, 2);

    private readonly ActorSystem _system = ActorSystem.Create("wire", Reference.Whole);

    public PaxiSerializerTests()
    {
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        WireExtension.Attach(_system, registry);
    }

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    private T RoundTrip<T>(T message) where T : notnull
    {
        var serializer = _system.Serialization.FindSerializerFor(message);
        Assert.IsType<PaxiSerializer>(serializer);
        var manifest = Serialization.ManifestFor(serializer, message);
        Assert.Equal(1, manifest.Length);
        return Assert.IsType<T>(_system.Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, manifest));
    }

    private static Batch Block() => BatchWriter.Block(7, 1, [(1, new byte[] { 1, 2, 3 }), (2, Array.Empty<byte>())]);

    [Fact]
    public void Client_messages_come_out_as_they_went_in()
    {
        var requests = new ClientRequests(ulong.MaxValue, long.MaxValue, ReadMode.Quorum, Block());
        var read = RoundTrip(requests);
        Assert.Equal(requests with { Block = read.Block }, read);
        Assert.True(read.Block.ContentEquals(requests.Block));

        var replies = new ClientReplies(1, One, long.MaxValue, new Ballot(uint.MaxValue, Two), 0, 2, new byte[] { 1, 0, 0, 2, 0, 0 });
        var readReplies = RoundTrip(replies);
        Assert.Equal(replies with { Results = readReplies.Results }, readReplies);
        Assert.Equal(replies.Results.ToArray(), readReplies.Results.ToArray());

        var refusal = new ClientRefusal(3, 4, RefusalReason.NoLeader, Two);
        Assert.Equal(refusal, RoundTrip(refusal));
        Assert.Equal(refusal with { Leader = null }, RoundTrip(refusal with { Leader = null }));
    }

    [Fact]
    public void An_envelope_keeps_sender_order_and_content()
    {
        var forward = new Forward(One, 2, 5, 6, ReadMode.Log, Block());
        var refusal = new ForwardRefusal(new ClientRefusal(3, 4, RefusalReason.Overloaded, null));
        var read = RoundTrip(new Envelope(One, [forward, refusal, forward]));
        Assert.Equal(One, read.From);
        Assert.Equal(3, read.Messages.Count);
        Assert.Equal(refusal, read.Messages[1]);
        foreach (var index in new[] { 0, 2 })
        {
            var copy = Assert.IsType<Forward>(read.Messages[index]);
            Assert.Equal(forward with { Block = copy.Block }, copy);
            Assert.True(copy.Block.ContentEquals(forward.Block));
        }
    }
}
