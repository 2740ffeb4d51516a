using System.Runtime.Serialization;
using Akka.Actor;
using Paxi.Actors.Configuration;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Protocols.Tests.Wire;

/// <summary>The decoders of every protocol on bytes that nobody wrote.</summary>
public sealed class GarbageTests
{
    public static TheoryData<string> Algorithms => [.. ProtocolList.All.Select(protocol => protocol.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Garbage_in_any_message_is_refused_and_costs_no_more_than_its_size(string algorithm)
    {
        var registry = WireRegistry.Of(ProtocolList.Find(algorithm));
        var system = ActorSystem.Create("garbage", Reference.Whole);
        WireExtension.Attach(system, registry);
        try
        {
            foreach (var (type, tag) in registry.Types)
            {
                Feed(system, type, tag);
            }
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static void Feed(ActorSystem system, Type type, byte tag)
    {
        var random = new Random(tag);
        for (var round = 0; round < 3_000; round++)
        {
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            if (round % 3 == 0)
            {
                // Small numbers get further: they are taken for counts and lengths.
                body.AsSpan().Clear();
                for (var at = 0; at < body.Length; at += random.Next(1, 6))
                {
                    body[at] = (byte)random.Next(4);
                }
            }

            // The sender, the settings and the epoch of an envelope, then one message.
            byte[] frame = [1, 0, 1, 0, 0, 0, 0, 0, 1, tag, (byte)body.Length, 0, 0, 0, .. body];
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                system.Serialization.Deserialize(frame, PaxiSerializer.FixedIdentifier, "E");
            }
            catch (SerializationException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000, $"{type.Name} allocates by a forged length");
        }
    }
}
