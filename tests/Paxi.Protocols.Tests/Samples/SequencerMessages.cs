using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Tests.Samples;

// The sequencer: a complete protocol that fits on two pages.
//
// The replica of the lowest id is the sequencer, for ever. It gives each batch of commands the next slot, syncs it to its own disk, and only then sends it to the others,
// which sync it too and say how far they are. A slot is decided when a majority has it on disk; everybody executes the slots in their order.
//
//   Client      Sequencer              Others
//     | ---------> |                      |
//     |            | sync                 |
//     |            | Entry -------------> |
//     |            |                      | sync
//     |            | <--------------- Have|
//     | <--------- | executes             |
//     |            | Decided -----------> | execute
//
// Why it is safe: a slot's content is chosen once, by one replica, and is on that replica's disk before anybody else can see it. So no two replicas can ever hold different
// batches in a slot, and what a majority holds survives the loss of any minority. What it gives up: while the sequencer is down, nothing moves. Paxos is what
// it takes to let another replica step in.

/// <summary>Sequencer → others: this batch is in this slot.</summary>
/// <param name="Slot">From 1, without gaps.</param>
public sealed record Entry(long Slot, Batch Batch) : IWireMessage;

/// <summary>Sequencer → others: every slot up to this one is decided. Sent all the time: it asks for <see cref="Have"/> as well.</summary>
public sealed record Decided(long Slot) : IWireMessage;

/// <summary>Other → sequencer: every slot up to this one is on my disk.</summary>
public sealed record Have(ReplicaId From, long Slot) : IWireMessage;
