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

/// <summary>What runs of the simulator found in the gateway.</summary>
public sealed class GatewayTests : IDisposable
{
    private const ulong Session = 0x77;

    private static readonly ReplicaId A = new(1, 1);
    private static readonly ReplicaId B = new(1, 2);
    private static readonly ReplicaId C = new(1, 3);

    private readonly SimulatedCluster _cluster = new(new PrimaryCopy());

    private uint Settings => AgreedSettings.Of(new PrimaryCopy().Name, _cluster.Settings).FingerprintIn(new Epoch(1, _cluster.Replicas));

    public GatewayTests()
    {
        _cluster.Start();
        _cluster.World.Advance(TimeSpan.FromMilliseconds(50));
    }

    public void Dispose() => _cluster.Dispose();

    /// <summary>Two gateways had each passed a block of the session to the other; the answer went back and forth for ever, and each duplicate doubled it.</summary>
    [Fact]
    public void An_answer_from_a_gateway_is_never_passed_on_to_a_gateway()
    {
        var block = BatchWriter.Block(Session, 1, [(1, ReadOnlyMemory<byte>.Empty)]);
        Deliver(A, new Envelope(B, Settings, [new Forward(B, 1, Session, 1, ReadMode.Log, block)]));
        _cluster.World.Advance(TimeSpan.FromMilliseconds(50));
        _cluster.Network.IsHeld = true;
        Deliver(A, new Envelope(B, Settings, [new ForwardReplies(new ClientReplies(Session, B, 1, default, 1, 0, default))]));
        Deliver(A, new Envelope(B, Settings, [new ForwardRefusal(new ClientRefusal(Session, 1, RefusalReason.Overloaded, null))]));
        _cluster.World.Settle();
        Assert.DoesNotContain(_cluster.Network.Link(A, B).Held, held => held is Envelope envelope
            && envelope.Messages.Any(message => message is ForwardReplies or ForwardRefusal));
    }

    /// <summary>With other settings it would execute the same log to another state.</summary>
    [Fact]
    public void A_replica_with_other_settings_is_not_heard()
    {
        _cluster.World.IsExpected = static fault => fault.ToString()!.Contains("refuses replica 1.2, which runs with other settings", StringComparison.Ordinal);
        var block = BatchWriter.Block(Session, 1, [(1, ReadOnlyMemory<byte>.Empty)]);
        _cluster.Network.IsHeld = true;
        Deliver(A, new Envelope(B, Settings + 1, [new Forward(B, 1, Session, 1, ReadMode.Log, block)]));
        Assert.Equal(0, _cluster.Network.Link(A, B).HeldCount);

        // The primary passes it on to its copies.
        Deliver(A, new Envelope(B, Settings, [new Forward(B, 1, Session, 1, ReadMode.Log, block)]));
        _cluster.World.Advance(TimeSpan.FromMilliseconds(50));
        Assert.NotEqual(0, _cluster.Network.Link(A, B).HeldCount);
    }

    [Fact]
    public void An_answer_goes_straight_to_the_gateway_that_the_client_asked()
    {
        // The client asked 1.3, which passed the block to 1.2, which passes it to the primary.
        var block = BatchWriter.Block(Session, 1, [(1, ReadOnlyMemory<byte>.Empty)]);
        Deliver(B, new Envelope(C, Settings, [new Forward(C, 1, Session, 1, ReadMode.Log, block)]));
        _cluster.World.Advance(TimeSpan.FromMilliseconds(1));
        var answers = new List<string>();
        for (var step = 0; step < 200; step++)
        {
            _cluster.Network.IsHeld = true;
            _cluster.World.Advance(TimeSpan.FromMilliseconds(0.5));
            foreach (var link in _cluster.Network.Links)
            {
                while (link.HeldCount > 0)
                {
                    if (link.Deliver() is Envelope envelope && envelope.Messages[0] is ForwardReplies)
                    {
                        answers.Add(link.Name);
                    }
                }
            }
        }

        Assert.Equal(["1.1 -> 1.3"], answers);
    }

    private void Deliver(ReplicaId to, Envelope envelope)
    {
        _cluster.World.Adopt();
        _cluster.Node(to).System.ActorSystem.ActorSelection("/user/links").Tell(envelope, ActorRefs.NoSender);
        _cluster.World.Settle();
    }
}
