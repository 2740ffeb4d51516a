using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Tests.Samples;

/// <summary>What the framework must know of the protocol; the file of its messages says how it works.</summary>
public sealed class SequencerProtocol : IProtocol
{
    public const string Log = "log";

    public string Name => "sequencer";

    public ProtocolPromises Promises { get; } = new(Linearizable: true, [ReadMode.Log], Transactions: true);

    public IReadOnlyList<RoleDefinition> Roles { get; } = [new RoleDefinition(Log, SequencerActor.Props)];

    public string ProposerRole => Log;

    public bool ProposesAnywhere => false;

    public string ReaderRole => Log;

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => QuorumSystem.Majority(members);

    public void RegisterMessages(WireRegistry registry)
    {
        registry.Register<Entry>(32, Log,
            static (entry, writer) =>
            {
                writer.VarInt(entry.Slot);
                writer.VarInt(entry.Batch.Count);
                writer.Bytes(entry.Batch.Payload.Span);
            },
            static (ref WireReader reader, ReplicaId _) => new Entry(reader.VarInt(), new Batch(reader.Count(), reader.Bytes())));
        registry.Register<Decided>(33, Log,
            static (decided, writer) => writer.VarInt(decided.Slot),
            static (ref WireReader reader, ReplicaId _) => new Decided(reader.VarInt()));
        registry.Register<Have>(34, Log,
            static (have, writer) => writer.VarInt(have.Slot),
            static (ref WireReader reader, ReplicaId from) => new Have(from, reader.VarInt()));
    }

    public void Validate(ReplicaContext context)
    {
    }
}
