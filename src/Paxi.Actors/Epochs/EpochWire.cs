using Paxi.Actors.Wire;

namespace Paxi.Actors.Epochs;

/// <summary>The wire messages of the epochs; every protocol has them. The sender is not written: the envelope has it.</summary>
public static class EpochWire
{
    private const byte FirstTag = 16;

    /// <summary>Registers them with the role <c>epochs</c>, under the tags 16 to 22.</summary>
    public static void Register(WireRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Register<EpochPrepare>(FirstTag, Replicas.KernelRoles.Epochs,
            static (message, writer) => Write(message.Number, message.Ballot, writer),
            static (ref WireReader reader, ReplicaId from) => new EpochPrepare(from, reader.VarInt(), reader.Ballot()));
        registry.Register(FirstTag + 1, Replicas.KernelRoles.Epochs, WritePromise, ReadPromise);
        registry.Register(FirstTag + 2, Replicas.KernelRoles.Epochs, WriteAccept, ReadAccept);
        registry.Register<EpochAccepted>(FirstTag + 3, Replicas.KernelRoles.Epochs,
            static (message, writer) => Write(message.Number, message.Ballot, writer),
            static (ref WireReader reader, ReplicaId from) => new EpochAccepted(from, reader.VarInt(), reader.Ballot()));
        registry.Register(FirstTag + 4, Replicas.KernelRoles.Epochs, WriteReject, ReadReject);
        registry.Register<EpochNotice>(FirstTag + 5, Replicas.KernelRoles.Epochs,
            static (message, writer) => message.Epoch.Write(writer),
            static (ref WireReader reader, ReplicaId from) => new EpochNotice(from, Epoch.Read(ref reader)));
        registry.Register(FirstTag + 6, Replicas.KernelRoles.Epochs, WriteBeat, ReadBeat);
    }

    private static void Write(long number, Ballot ballot, WireWriter writer)
    {
        writer.VarInt(number);
        writer.Ballot(ballot);
    }

    private static void WritePromise(EpochPromise message, WireWriter writer)
    {
        Write(message.Number, message.Ballot, writer);
        writer.Ballot(message.Voted);
        writer.Bool(message.Vote is not null);
        message.Vote?.Write(writer);
    }

    private static EpochPromise ReadPromise(ref WireReader reader, ReplicaId from) =>
        new(from, reader.VarInt(), reader.Ballot(), reader.Ballot(), reader.Bool() ? Epoch.Read(ref reader) : null);

    private static void WriteAccept(EpochAccept message, WireWriter writer)
    {
        writer.Ballot(message.Ballot);
        message.Epoch.Write(writer);
    }

    private static EpochAccept ReadAccept(ref WireReader reader, ReplicaId from) => new(from, reader.Ballot(), Epoch.Read(ref reader));

    private static void WriteReject(EpochReject message, WireWriter writer)
    {
        Write(message.Number, message.Ballot, writer);
        writer.Ballot(message.Promised);
    }

    private static EpochReject ReadReject(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.Ballot(), reader.Ballot());

    private static void WriteBeat(EpochBeat message, WireWriter writer)
    {
        writer.VarInt(message.Number);
        writer.Bool(message.IsSynced);
        Epoch.Write(writer, message.Missed);
    }

    private static EpochBeat ReadBeat(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.Bool()) { Missed = Epoch.ReadIds(ref reader) };
}
