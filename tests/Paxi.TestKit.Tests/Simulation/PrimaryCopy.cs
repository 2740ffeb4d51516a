using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.TestKit.Tests.Simulation;

// A small complete protocol, to test the simulator with. The replica of the lowest id is the primary, for ever; it orders the commands, and while it is down nothing
// happens. It keeps what it sends, so no other value can ever be in a slot, and a slot is decided when a majority has it on disk.
//
//   Client      Primary           Copies
//     | ----------> |                |
//     |             | sync           |
//     |             | Order -------> |
//     |             |                | sync
//     |             | <------ Stored |
//     | <---------- |                |
//     |             | Order(next), Told: what is decided
//
// Each start of the primary is an epoch, which is the ballot's counter: copies vote again for what was not decided in the epoch before.

/// <summary>What a <see cref="PrimaryCopy"/> does wrong, for tests that want it found.</summary>
public enum Bug
{
    None,

    /// <summary>Answers that a slot is stored before the disk has it.</summary>
    VotesBeforeSync,

    /// <summary>Sends a slot to the copies before its own disk has it.</summary>
    SendsBeforeSync,

    /// <summary>Counts a slot as decided with one vote.</summary>
    DecidesAlone,

    /// <summary>Executes some commands a second time, as without a session table.</summary>
    RepeatsCommands,

    /// <summary>Skips a slot now and then when it executes.</summary>
    SkipsSlots,

    /// <summary>A snapshot says that it covers one slot more than it does.</summary>
    SnapshotsTooFar,

    /// <summary>A copy that has missed a slot never asks for it.</summary>
    NeverCatchesUp,

    /// <summary>Throws at a certain slot.</summary>
    Throws,

    /// <summary>Draws from the process's own generator.</summary>
    IsNotRepeatable,

    /// <summary>Sends to itself for ever.</summary>
    NeverRests,

    /// <summary>Tells itself something from another thread.</summary>
    Escapes,
}

public sealed class PrimaryCopy(Bug bug = Bug.None) : IProtocol
{
    public const string Role = "copy";

    public string Name => "primary-copy";

    public ProtocolPromises Promises { get; } = new(Linearizable: true, [ReadMode.Log, ReadMode.Any], Transactions: true);

    public IReadOnlyList<RoleDefinition> Roles => [new RoleDefinition(Role, context => Props.Create(() => new CopyActor(context, bug)))];

    public string ProposerRole => Role;

    public bool ProposesAnywhere => false;

    public string ReaderRole => Role;

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => QuorumSystem.Majority(members);

    public void Validate(ReplicaContext context)
    {
    }

    public void RegisterMessages(WireRegistry registry)
    {
        registry.Register<Order>(32, Role, (message, writer) =>
        {
            writer.Ballot(message.Ballot);
            writer.VarInt(message.Slot);
            writer.VarInt(message.Decided);
            writer.VarInt(message.Batch.Count);
            writer.Bytes(message.Batch.Payload.Span);
        }, (ref WireReader reader, ReplicaId _) => new Order(
            reader.Ballot(), reader.VarInt(), reader.VarInt(), new Batch((int)reader.VarInt(), reader.Bytes())));
        registry.Register<Told>(33, Role, (message, writer) =>
        {
            writer.Ballot(message.Ballot);
            writer.VarInt(message.Decided);
        }, (ref WireReader reader, ReplicaId _) => new Told(reader.Ballot(), reader.VarInt()));
        registry.Register<Stored>(34, Role, (message, writer) =>
        {
            writer.Ballot(message.Ballot);
            writer.VarInt(message.Slot);
            writer.VarInt(message.Last);
        }, (ref WireReader reader, ReplicaId from) => new Stored(from, reader.Ballot(), reader.VarInt(), reader.VarInt()));
    }
}

/// <summary>Primary → copy: put this into the slot.</summary>
public sealed record Order(Ballot Ballot, long Slot, long Decided, Batch Batch) : IWireMessage;

/// <summary>Primary → copy: everything up to <paramref name="Decided"/> is decided.</summary>
public sealed record Told(Ballot Ballot, long Decided) : IWireMessage;

/// <summary>Copy → primary: the slot is on disk, in this ballot; 0 only says where the copy is.</summary>
/// <param name="Last">The copy has everything up to here.</param>
public sealed record Stored(ReplicaId From, Ballot Ballot, long Slot, long Last) : IWireMessage;
