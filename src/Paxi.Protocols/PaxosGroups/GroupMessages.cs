using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.PaxosGroups;

// Paxos groups: the objects partitioned over several instances of Multi-Paxos. (Entity groups that are each replicated by a log of their own: [1]. A partition as fixed, over the zones' leaders: KPaxos in [2].)
//
// The objects are split once and for all over a fixed number of groups: an object is in the group of its hash. Each group is a whole Multi-Paxos, with a log, a leader, leases, snapshots and a state
// machine of its own, and knows nothing of the others; see the file of Paxos' Accept for the protocol. On a replica the groups share the links, the journal and the gateway. What leaves a group for its
// peers is wrapped with the group's number and travels in the same envelopes as that of the others; what it writes goes to the same commits, with the group's number before each key.
//
//   Client   Gateway (asked)   Groups        Group 0 (led here)   Group 1 (led elsewhere)       Gateway (of its leader)   Groups ...
//     | ------> |                 |                 |                      |                            |                   |
//     |         | Propose ------> | split by group  |                      |                            |                   |
//     |         |                 | Propose ------> | leader, acceptors .. |                            |                   |
//     |         |                 | Propose --------------------------->   |                            |                   |
//     |         | <--------------------------------------- ProposalRefused |                            |                   |
//     |         | Forward -----------------------------------------------------------------------------> | Propose --------> |
//     |         | <---------------------------------------- Executed |                                  | <-------- Executed |
//     | <------ |                                                                                        |                   |
//     |         | <---------------------------------------------------------------------- ForwardReplies |                   |
//     | <------ |
//
// A client's session is known to each group by itself, from its first write there on: a client does not know of groups. Each group judges the sequence numbers that it sees; that some are missing is nothing
// new to it. So a command takes effect at most once, since it always goes to the same group. A transaction over objects of one group is a command like others; one over several groups is refused,
// for no log orders it.
//
// [1] Baker et al.: Megastore: Providing Scalable, Highly Available Storage for Interactive Services. CIDR 2011.
// [2] Ailijiang, Charapko, Demirbas, Kosar: WPaxos: Wide Area Network Flexible Consensus. IEEE TPDS 31(1), 2020.

/// <summary>A message between roles of the same group on two replicas.</summary>
/// <param name="Group">From 0.</param>
/// <param name="Message">One of the messages of Multi-Paxos or of the detector.</param>
public sealed record Grouped(byte Group, IWireMessage Message) : IWireMessage
{
    public int SizeHint => 2 + Message.SizeHint;
}

/// <summary>Leader of a group → replicas that are not of the group: I lead. Sent when that begins and at every election timeout, for they hear no heartbeats.</summary>
public sealed record GroupLed(ReplicaId From, byte Group, Ballot Ballot) : IWireMessage
{
    public int SizeHint => 12;
}

// Between the roles of one replica.

/// <summary>The one role of this protocol.</summary>
public static class PaxosGroupsRoles
{
    public const string Groups = "groups";
}

/// <summary>Group → groups, once: its roles are there.</summary>
internal sealed record GroupStarted(int Group, GroupLinks Links, ReplicaContext Context) : INoSerializationVerificationNeeded;

/// <summary>Group → groups: who leads it, as far as this replica knows.</summary>
internal sealed record GroupLeader(int Group, ReplicaId? Leader, Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Groups → group: a part of a request that is this group's.</summary>
internal sealed record GroupRequest(ReadMode Mode, Batch Batch) : INoSerializationVerificationNeeded;

/// <summary>The binary forms. A wrapped message is written as in Multi-Paxos, behind the group and its own tag: two bytes more.</summary>
internal static class PaxosGroupsWire
{
    private const byte FirstTag = 32;

    /// <summary>What may be wrapped, and the role of a group that takes it.</summary>
    public static WireRegistry Carried { get; } = MakeCarried();

    public static void Register(WireRegistry registry)
    {
        registry.Register(FirstTag, PaxosGroupsRoles.Groups, WriteGrouped, ReadGrouped);
        registry.Register(FirstTag + 1, PaxosGroupsRoles.Groups, WriteLed, ReadLed);
    }

    private static WireRegistry MakeCarried()
    {
        var registry = new WireRegistry();
        PaxosWire.Register(registry);
        return registry;
    }

    private static void WriteGrouped(Grouped message, WireWriter writer)
    {
        writer.Byte(message.Group);
        Carried.WriteCarried(message.Message, writer);
    }

    private static Grouped ReadGrouped(ref WireReader reader, ReplicaId from) => new(reader.Byte(), Carried.ReadCarried(ref reader, from));

    private static void WriteLed(GroupLed message, WireWriter writer)
    {
        writer.Byte(message.Group);
        writer.Ballot(message.Ballot);
    }

    private static GroupLed ReadLed(ref WireReader reader, ReplicaId from) => new(from, reader.Byte(), reader.Ballot());
}
