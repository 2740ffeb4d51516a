using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Replicas;

// Between gateways. A client may ask any replica; the one it asks passes the block on to the leader and the answer back.
//
//   Client      Gateway (asked)     Gateway (leader)    Leader … Learner
//     | requests -> |                     |                   |
//     |             | Forward ----------> |                   |
//     |             |                     | Propose --------> |
//     |             |                     | <------- Executed |
//     |             | <--- ForwardReplies |                   |
//     | <-- replies |                     |                   |

/// <summary>A client's block on its way to the leader.</summary>
/// <param name="From">The gateway that the client asked, and that waits for the answer; not a gateway in between.</param>
/// <param name="Hops">How often it was passed on; bounded, because two replicas may each take the other for the leader.</param>
public sealed record Forward(ReplicaId From, byte Hops, ulong Session, long Request, ReadMode Mode, Batch Block) : IWireMessage
{
    public int SizeHint => 64 + Block.Payload.Length;
}

/// <summary>
/// Blocks of any number of sessions on their way to the replica that is to propose them, where every replica proposes and each command has its place
/// (<see cref="PassOn"/>). They are parts of requests, so they are never refused; where they cannot be served, the clients ask again.
/// </summary>
/// <param name="From">The gateway that the clients asked, and that waits for the answers; not a gateway in between.</param>
/// <param name="Hops">How often they were passed on; bounded, because two replicas may each take the other for the one that proposes.</param>
public sealed record ForwardBatch(ReplicaId From, byte Hops, Batch Batch) : IWireMessage
{
    public int SizeHint => 64 + Batch.Payload.Length;
}

/// <summary>Results on their way back to the gateway that the client asked.</summary>
public sealed record ForwardReplies(ClientReplies Replies) : IWireMessage
{
    public int SizeHint => 64 + Replies.Results.Length;
}

/// <summary>A refusal on its way back to the gateway that the client asked.</summary>
public sealed record ForwardRefusal(ClientRefusal Refusal) : IWireMessage;

/// <summary>On its way back to the gateway that the client asked: the one that had its request is gone with its epoch.</summary>
public sealed record ForwardInterrupted(ClientInterrupted Interrupted) : IWireMessage;

/// <summary>The wire messages between gateways; every protocol has them.</summary>
public static class GatewayWire
{
    private const byte ForwardTag = 1;
    private const byte ForwardRepliesTag = 2;
    private const byte ForwardRefusalTag = 3;
    private const byte ForwardBatchTag = 4;
    private const byte ForwardInterruptedTag = 5;

    /// <summary>Registers them with the role <c>gateway</c>, under the tags 1 to 5.</summary>
    public static void Register(WireRegistry registry)
    {
        registry.Register(ForwardTag, KernelRoles.Gateway, WriteForward, ReadForward);
        registry.Register<ForwardReplies>(ForwardRepliesTag, KernelRoles.Gateway,
            (message, writer) => ClientWire.Write(message.Replies, writer),
            (ref WireReader reader, ReplicaId _) => new ForwardReplies(ClientWire.ReadReplies(ref reader)));
        registry.Register<ForwardRefusal>(ForwardRefusalTag, KernelRoles.Gateway,
            (message, writer) => ClientWire.Write(message.Refusal, writer),
            (ref WireReader reader, ReplicaId _) => new ForwardRefusal(ClientWire.ReadRefusal(ref reader)));
        registry.Register(ForwardBatchTag, KernelRoles.Gateway, WriteForwardBatch, ReadForwardBatch);
        registry.Register<ForwardInterrupted>(ForwardInterruptedTag, KernelRoles.Gateway,
            (message, writer) => ClientWire.Write(message.Interrupted, writer),
            (ref WireReader reader, ReplicaId _) => new ForwardInterrupted(ClientWire.ReadInterrupted(ref reader)));
    }

    private static void WriteForward(Forward message, WireWriter writer)
    {
        writer.Replica(message.From);
        writer.Byte(message.Hops);
        writer.UInt64(message.Session);
        writer.VarInt(message.Request);
        writer.Byte((byte)message.Mode);
        BatchWire.WriteBatch(message.Block, writer);
    }

    private static Forward ReadForward(ref WireReader reader, ReplicaId _)
    {
        var from = reader.Replica();
        var hops = reader.Byte();
        var session = reader.UInt64();
        var request = reader.VarInt();
        var mode = (ReadMode)reader.Byte((byte)ReadMode.Any);
        return new Forward(from, hops, session, request, mode, BatchWire.ReadBatch(ref reader));
    }

    private static void WriteForwardBatch(ForwardBatch message, WireWriter writer)
    {
        writer.Replica(message.From);
        writer.Byte(message.Hops);
        BatchWire.WriteBatch(message.Batch, writer);
    }

    private static ForwardBatch ReadForwardBatch(ref WireReader reader, ReplicaId _)
    {
        var from = reader.Replica();
        var hops = reader.Byte();
        return new ForwardBatch(from, hops, BatchWire.ReadBatch(ref reader));
    }
}
