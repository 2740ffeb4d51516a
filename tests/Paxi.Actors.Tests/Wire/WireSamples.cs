using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Detector;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Actors.Tests.Wire;

/// <summary>A cold message of every kind of field that may travel.</summary>
internal sealed record EveryField(
    bool Flag, byte Byte, sbyte Signed, short Short, ushort UShort, int Int, uint UInt, long Long, ulong ULong, float Float, double Double, decimal Decimal,
    char Char, string Text, string? Nothing, DateTime Time, DateTimeOffset Offset, Guid Guid, TimeSpan Span, ReplicaState State, Ballot Ballot, int? Some,
    int? None, byte[] Bytes, int[] Numbers, string[] Words, ReplicaId[] Ids, List<string> List, IReadOnlyList<Ballot> Ballots, EveryField? Inner) : IWireMessage;

internal static class WireSamples
{
    public static readonly ReplicaId One = new(1, 1);
    public static readonly ReplicaId Two = new(ushort.MaxValue, ushort.MaxValue);
    public static readonly Ballot Top = new(uint.MaxValue, Two);

    public static WireRegistry Registry()
    {
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        DetectorWire.Register(registry);
        registry.RegisterCold<EveryField>(KernelRoles.Gateway);
        return registry;
    }

    public static ActorSystem System(string extra = "")
    {
        var system = ActorSystem.Create("wire", ConfigurationFactory.ParseString(extra).WithFallback(Reference.Whole));
        WireExtension.Attach(system, Registry());
        return system;
    }

    public static Batch Block(int commands = 2) => BatchWriter.Block(
        ulong.MaxValue, 1, [.. Enumerable.Range(1, commands).Select(index => ((long)index, (ReadOnlyMemory<byte>)new byte[index % 5]))]);

    public static EveryField Cold(EveryField? inner = null) => new(
        true, 255, -1, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, 1.5f, double.Epsilon, decimal.MaxValue, 'x',
        "four", null, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc), DateTimeOffset.MaxValue, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        TimeSpan.MinValue, ReplicaState.Failed, Top, 7, null, [1, 2, 3], [1, int.MaxValue], ["", new string('y', 300)], [One, Two], ["a", "b"], [Top, Top], inner);

    /// <summary>One of each message that travels as a whole, with the extremes of its numbers.</summary>
    public static IReadOnlyList<IWireMessage> All()
    {
        var replies = new ClientReplies(ulong.MaxValue, Two, long.MaxValue, Top, long.MaxValue, 1, new byte[] { 1, 0, 2, 9, 9 });
        var refusal = new ClientRefusal(0, long.MaxValue, RefusalReason.Unsupported, Two);
        return
        [
            new ClientRequests(ulong.MaxValue, long.MaxValue, ReadMode.Any, Block()),
            replies,
            refusal,
            refusal with { Leader = null },
            new ClientInterrupted(ulong.MaxValue),
            new Envelope(One, 7, []),
            new Envelope(Two, 0xFEDC_BA98,
            [
                new Forward(Two, byte.MaxValue, ulong.MaxValue, long.MaxValue, ReadMode.Log, Block(10)),
                Cold(Cold()),
                new ForwardReplies(replies),
                new ForwardRefusal(refusal),
                new ForwardInterrupted(new ClientInterrupted(7)),
                new ForwardBatch(Two, byte.MaxValue, BatchWriter.Join([Block(3), Block(1)])),
                new Heartbeat(Two, Top, long.MaxValue),
                new HeartbeatAck(Two, Ballot.Zero, 0),
                new Poll(Two, long.MaxValue),
                new PollAnswer(Two, 0, true),
            ]),
        ];
    }

    /// <summary>Compares by content: arrays inside records are not equal by themselves.</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        Batch batch => $"{batch.Count}:{Convert.ToHexString(batch.Payload.Span)}",
        System.Collections.IEnumerable list => $"[{string.Join(",", list.Cast<object?>().Select(Text))}]",
        _ when value.GetType() is { IsPrimitive: false, IsEnum: false } type && type.Namespace!.StartsWith("Paxi", StringComparison.Ordinal) =>
            $"{type.Name}({string.Join(",", type.GetProperties().Where(property => property.GetIndexParameters().Length == 0)
                .Select(property => $"{property.Name}={Text(property.GetValue(value))}"))})",
        IFormattable number => number.ToString(null, global::System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
