using System.Collections;
using System.Globalization;
using System.Runtime.Serialization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.WPaxos;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The binary forms of every message that WPaxos registers.</summary>
public sealed class WPaxosWireTests : IDisposable
{
    private const byte FirstTag = 64;
    private static readonly ReplicaId s_from = new(2, 3);
    private static readonly WireRegistry s_registry = WireRegistry.Of(WPaxosProtocol.WPaxos);
    private readonly ActorSystem _system = ActorSystem.Create("wire", Reference.Whole);

    public WPaxosWireTests() => WireExtension.Attach(_system, s_registry);

    public void Dispose() => _system.Terminate().Wait();

    /// <summary>A type that is registered and has no sample here has no test.</summary>
    [Fact]
    public void Every_registered_message_has_a_sample() => Assert.Equal(
        s_registry.Types.Where(static entry => entry.Tag >= FirstTag).Select(static entry => entry.Type.Name).Order(StringComparer.Ordinal),
        Samples().Select(static message => message.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        foreach (var message in Samples())
        {
            Assert.Equal(Text(message), Text(Read(Frame(message))));
        }
    }

    [Fact]
    public void A_message_that_is_cut_off_is_refused()
    {
        foreach (var message in Samples())
        {
            var (tag, body) = (TagOf(message), Body(message));
            for (var length = 0; length < body.Length; length++)
            {
                var cut = Frame(tag, body[..length]);
                Assert.True(Refuses(cut), $"{message.GetType().Name} is read from {length} of its {body.Length} bytes");
            }
        }
    }

    /// <summary>Wherever a number stands there is an absurd one.</summary>
    [Fact]
    public void An_absurd_count_costs_no_memory()
    {
        foreach (var message in Samples())
        {
            var (tag, body) = (TagOf(message), Body(message));
            for (var at = 0; at < body.Length; at++)
            {
                var frame = Frame(tag, [.. body[..at], 0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. body[(at + 1)..]]);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Refuses(frame);
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000, $"{message.GetType().Name} allocates by the number at {at}");
            }
        }
    }

    private static List<IWireMessage> Samples()
    {
        var (low, high) = (new Ballot(3, new ReplicaId(1, 2)), new Ballot(uint.MaxValue, s_from));
        var (key, other) = (new ObjectKey("x"), new ObjectKey("yy"));
        Place[] places = [new(key, low, 5), new(other, high, long.MaxValue)];
        var batch = BatchWriter.Block(ulong.MaxValue, 1, [(1, new byte[] { 1, 2, 3 })]);
        Share Share(ShareKind kind, Batch command, params ReadOnlyMemory<byte>[] states) => new(kind, new TransactionId(ulong.MaxValue, 17), places, command, states);
        Proposal[] proposals =
        [
            new(places[0], batch, Decided: 4),
            new(places[1], Batch.NoOp, Share(ShareKind.Hold, batch, new byte[] { 7 }, default(ReadOnlyMemory<byte>)), 9),
            new(places[0], batch, Share(ShareKind.Commit, Batch.NoOp, default(ReadOnlyMemory<byte>), new byte[] { 8, 9 }), 2),
            new(places[1], batch, Share(ShareKind.Release, Batch.NoOp), 1),
            new(places[1], Batch.NoOp, Share(ShareKind.Abandon, Batch.NoOp), 1),
        ];
        return
        [
            new Prepare(s_from, key, high, 11),
            new Promise(s_from, key, low, 11, false, 3, 4, proposals),
            new Reject(s_from, key, low, high),
            new Accepts(s_from, ulong.MaxValue, 12, proposals, places),
            new Accepted(s_from, ulong.MaxValue, 12, [new Refused(1, key, low), new Refused(2, other, high)]),
            new Commits(s_from, places),
            new Decided(s_from, proposals),
            new Handover(s_from, other, low),
            new StateRequest(s_from, places),
            new ObjectState(s_from, places[0], new byte[] { 4, 5 }),
            new Beat(s_from, 8, ulong.MaxValue),
            new TableRequest(s_from, -1, default),
            new TableRequest(s_from, WPaxosWire.Buckets - 1, other),
            new TableDigests(s_from, [1, ulong.MaxValue]),
            new TableEntries(s_from, 9, true, places),
            new HoldingsRequest(s_from, 7, 8, 9),
            new Holdings(s_from, 7, ulong.MaxValue, 1, 2, 3, 4, true, [new Holding(key, low, 5, proposals), new Holding(other, high, 0, [])]),
        ];
    }

    private static byte TagOf(IWireMessage message) => s_registry.Types.Single(entry => entry.Type == message.GetType()).Tag;

    private byte[] Frame(IWireMessage message)
    {
        var envelope = new Envelope(s_from, 0, [message]);
        return _system.Serialization.FindSerializerFor(envelope).ToBinary(envelope);
    }

    /// <summary>Behind the envelope's head, 9 bytes, and the tag and the length, 5.</summary>
    private byte[] Body(IWireMessage message) => Frame(message)[14..];

    private static byte[] Frame(byte tag, byte[] body) => [3, 0, 2, 0, 0, 0, 0, 0, 1, tag, .. BitConverter.GetBytes(body.Length), .. body];

    private IWireMessage Read(byte[] frame) => Assert.IsType<Envelope>(_system.Serialization.Deserialize(frame, PaxiSerializer.FixedIdentifier, "E")).Messages.Single();

    private bool Refuses(byte[] frame)
    {
        try
        {
            _system.Serialization.Deserialize(frame, PaxiSerializer.FixedIdentifier, "E");
            return false;
        }
        catch (SerializationException)
        {
            return true;
        }
    }

    /// <summary>By content: lists inside records are not equal by themselves.</summary>
    private static string Text(object? value) => value switch
    {
        null => "null",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        ObjectKey key => key.ToString(),
        Batch batch => $"{batch.Count}:{Convert.ToHexString(batch.Payload.Span)}",
        IEnumerable list and not string => $"[{string.Join(",", list.Cast<object?>().Select(Text))}]",
        Ballot or ReplicaId => value.ToString()!,
        _ when value.GetType() is { IsPrimitive: false, IsEnum: false } type && type.Namespace!.StartsWith("Paxi", StringComparison.Ordinal) =>
            $"{type.Name}({string.Join(",", type.GetProperties().Select(property => $"{property.Name}={Text(property.GetValue(value))}"))})",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
