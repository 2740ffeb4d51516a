using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Xunit;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Wire;

/// <summary>The binary form through the serializers of an actor system, as Akka.Remote and the simulated network use them.</summary>
public sealed class PaxiSerializerTests : IDisposable
{
    private readonly ActorSystem _system = WireSamples.System();

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    private (byte[] Bytes, string Manifest) Write(object message)
    {
        var serializer = _system.Serialization.FindSerializerFor(message);
        Assert.IsType<PaxiSerializer>(serializer);
        return (serializer.ToBinary(message), Serialization.ManifestFor(serializer, message));
    }

    private object Read(byte[] bytes, string manifest) => _system.Serialization.Deserialize(bytes, PaxiSerializer.FixedIdentifier, manifest);

    [Fact]
    public void Every_message_comes_out_as_it_went_in()
    {
        foreach (var message in WireSamples.All())
        {
            var (bytes, manifest) = Write(message);
            Assert.Equal(1, manifest.Length);
            Assert.Equal(WireSamples.Text(message), WireSamples.Text(Read(bytes, manifest)));
        }
    }

    [Fact]
    public void Every_registered_type_is_among_the_samples()
    {
        var sampled = WireSamples.All().OfType<Envelope>().SelectMany(envelope => envelope.Messages).Select(message => message.GetType()).ToHashSet();
        Assert.Equal(WireSamples.Registry().Types.Select(entry => entry.Type).ToHashSet(), sampled);
    }

    [Fact]
    public void What_is_decoded_holds_slices_of_what_came_in()
    {
        var (bytes, manifest) = Write(new Envelope(WireSamples.One, 7, [new Forward(WireSamples.One, 0, 1, 2, ReadMode.Log, WireSamples.Block())]));
        var forward = Assert.IsType<Forward>(Assert.IsType<Envelope>(Read(bytes, manifest)).Messages[0]);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(forward.Block.Payload, out var segment));
        Assert.Same(bytes, segment.Array);
    }

    [Fact]
    public void The_link_is_told_how_many_bytes_an_envelope_has()
    {
        var count = new Paxi.Actors.Links.ByteCount();
        var forward = new Forward(WireSamples.One, 0, 1, 2, ReadMode.Log, WireSamples.Block());
        var (one, _) = Write(new Envelope(WireSamples.One, 7, [forward]) { Count = count });
        Assert.Equal(one.Length, count.Sum);
        var (two, _) = Write(new Envelope(WireSamples.One, 7, [forward, forward]) { Count = count });
        Assert.Equal(one.Length + two.Length, count.Sum);
        Assert.True(two.Length > one.Length);
    }

    [Fact]
    public void A_lone_message_is_no_frame_and_an_unregistered_one_no_content()
    {
        Assert.Throws<WireFormatException>(() => Write(new ForwardRefusal(new ClientRefusal(1, 1, RefusalReason.NoLeader, null))));
        Assert.Throws<WireFormatException>(() => Write(new Envelope(WireSamples.One, 7, [new ClientRefusal(1, 1, RefusalReason.NoLeader, null)])));
    }

    [Fact]
    public void An_unknown_tag_is_passed_over_and_counted()
    {
        var refusal = new ForwardRefusal(new ClientRefusal(1, 1, RefusalReason.NoLeader, null));
        var (bytes, manifest) = Write(new Envelope(WireSamples.One, 7, [refusal]));
        byte[] unknown = [200, 3, 0, 0, 0, 1, 2, 3];
        var read = Assert.IsType<Envelope>(Read([.. bytes[..9], .. unknown, .. bytes[9..], .. unknown], manifest));
        Assert.Equal([refusal], read.Messages);
        Assert.Equal(2, WireExtension.Get(_system).Refusals.Count);
    }

    [Fact]
    public async Task A_system_without_a_replica_takes_client_messages_only()
    {
        var (bytes, manifest) = Write(new Envelope(WireSamples.One, 7, []));
        var client = ActorSystem.Create("client", Paxi.Actors.Configuration.Reference.Whole);
        try
        {
            Assert.Throws<WireFormatException>(() => client.Serialization.Deserialize(bytes, PaxiSerializer.FixedIdentifier, manifest));
            var (reply, replyManifest) = Write(new ClientRefusal(1, 1, RefusalReason.NoLeader, null));
            Assert.IsType<ClientRefusal>(client.Serialization.Deserialize(reply, PaxiSerializer.FixedIdentifier, replyManifest));
        }
        finally
        {
            await client.Terminate();
        }
    }

    [Fact]
    public void An_unknown_manifest_is_refused()
    {
        foreach (var manifest in new[] { "", "X", "EE", typeof(Uri).AssemblyQualifiedName! })
        {
            Assert.Throws<WireFormatException>(() => Read([], manifest));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_is_refused_and_nothing_else_happens(int seed)
    {
        var random = new Random(seed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        const int rounds = 20_000;
        for (var round = 0; round < rounds; round++)
        {
            var bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            TryRead(bytes, "EQRF"[random.Next(4)].ToString());
            TryRead([1, 0, 1, 0, (byte)random.Next(5), (byte)random.Next(80), 0, 0, 0, .. bytes], "E");
            TryReadCold(bytes);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / rounds, 0, 40_000);
    }

    [Fact]
    public void A_frame_cut_anywhere_is_refused()
    {
        foreach (var message in WireSamples.All())
        {
            var (bytes, manifest) = Write(message);
            for (var length = 0; length < bytes.Length; length++)
            {
                if (message is Envelope && TryRead(bytes[..length], manifest))
                {
                    // Cut between two messages: what is left is an envelope too.
                    Assert.Equal(bytes[..length], Write(Read(bytes[..length], manifest)).Bytes);
                }
                else if (message is not Envelope)
                {
                    Assert.Throws<WireFormatException>(() => Read(bytes[..length], manifest));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_frame_with_flipped_bits_is_refused_or_another_message(int seed)
    {
        var random = new Random(seed);
        foreach (var message in WireSamples.All())
        {
            var (bytes, manifest) = Write(message);
            for (var round = 0; round < 5_000; round++)
            {
                var flipped = bytes.ToArray();
                for (var flips = random.Next(1, 4); flips > 0 && flipped.Length > 0; flips--)
                {
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                }

                if (TryRead(flipped, manifest))
                {
                    // Whatever passed can be shown and sent on.
                    var other = Read(flipped, manifest);
                    WireSamples.Text(other);
                    Write(other);
                }
            }
        }
    }

    /// <summary>True when it was a message; anything but a message or a <see cref="SerializationException"/> fails the test.</summary>
    private bool TryRead(byte[] bytes, string manifest)
    {
        try
        {
            Read(bytes, manifest);
            return true;
        }
        catch (SerializationException)
        {
            return false;
        }
    }

    private void TryReadCold(byte[] bytes)
    {
        try
        {
            _system.Serialization.Deserialize(bytes, HyperionSerializer.FixedIdentifier, "");
        }
        catch (SerializationException)
        {
        }
    }
}
