using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Tests.Clients;

/// <summary>Says at once of every command that it is done and that the key is absent.</summary>
internal sealed class InstantReplica : IClientTransport
{
    /// <summary>How many messages came.</summary>
    public long Blocks { get; set; }

    public void Send(ReplicaId to, ClientRequests requests, IActorRef from)
    {
        Blocks++;
        var writer = new WireWriter(requests.Block.Count * 12);
        var reader = new BatchReader(requests.Block);
        reader.NextBlock();
        while (reader.NextCommand())
        {
            writer.VarInt(reader.Sequence);
            writer.Byte((byte)CommandStatus.Done);
            writer.Bytes([0]);
        }

        from.Tell(new ClientReplies(requests.Session, to, 1, default, 1, requests.Block.Count, writer.WrittenMemory), ActorRefs.NoSender);
    }
}
