using Akka.Actor;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Detector;

// Who leads, is it alive, and may somebody else try? For every protocol that elects.
//
// A leader shows itself by heartbeats; the acceptor of each replica acknowledges those that it stands by, so an acknowledgement says more than "alive": it says
// that nobody with a higher ballot has this acceptor's promise. A leader without fresh acknowledgements of a phase-2 quorum cannot decide anything and steps down.
//
//   Detector (leader)      Detector (follower)      Responder (its acceptor)
//        | Heartbeat -----------> |                        |
//        |                        | HeartbeatHeard ------> |
//        |                        | <--------- Acknowledge |   a lease is granted in the same step
//        | <-------- HeartbeatAck |                        |
//
// A follower that hears nothing for an election timeout (drawn from once to twice the setting) does not stand for election at once. It asks the others whether
// they miss the leader as well, and stands only when a phase-1 quorum does. A replica that cannot hear, but can be heard, therefore never deposes a leader that
// the others hear, and one that comes back after a partition does not disturb them with a high ballot. This is the pre-vote of Raft
// (Ongaro, Consensus: Bridging Theory and Practice, 2014, section 9.6), here without a log comparison, which Paxos does not need.
//
//   Detector (suspects)      Detector (another)
//        | Poll ---------------> |
//        | <--------- PollAnswer |   agrees: it hears no leader either
//        | a phase-1 quorum agrees: ElectionDue to the listener

/// <summary>The owner of the ballot leads and is alive.</summary>
/// <param name="Number">Counts the heartbeats of this ballot, from 1.</param>
public sealed record Heartbeat(ReplicaId From, Ballot Ballot, long Number) : IWireMessage;

/// <summary>The acceptor of <paramref name="From"/> stands by the ballot.</summary>
public sealed record HeartbeatAck(ReplicaId From, Ballot Ballot, long Number) : IWireMessage;

/// <summary>Do you miss the leader too?</summary>
/// <param name="Round">The asker's number for this question.</param>
public sealed record Poll(ReplicaId From, long Round) : IWireMessage;

/// <summary>Whether the sender misses the leader too.</summary>
/// <param name="Round">As in the <see cref="Poll"/> that it answers.</param>
public sealed record PollAnswer(ReplicaId From, long Round, bool Agrees) : IWireMessage;

// Between the detector and the other roles of its replica.

/// <summary>Listener → detector: watch from now on.</summary>
/// <param name="IsNew">The replica has never voted: nobody can be leading unless the others know of it, so the first election may be quick.</param>
public sealed record Watch(bool IsNew) : INoSerializationVerificationNeeded
{
    /// <summary>It led until a moment ago, before the members changed: it asks the others first.</summary>
    public bool WasLeading { get; init; }
}

/// <summary>Listener → detector, at every heartbeat interval while this replica leads: show it.</summary>
public sealed record Beat(Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Listener → detector: this replica stands for election, so it does not poll until <see cref="Beat"/> or <see cref="StandDown"/>.</summary>
public sealed record Campaign : INoSerializationVerificationNeeded
{
    public static readonly Campaign Instance = new();
}

/// <summary>Listener → detector: this replica follows.</summary>
/// <param name="Lost">It stood for election and did not win; the next try comes later, and later each time.</param>
public sealed record StandDown(bool Lost) : INoSerializationVerificationNeeded;

/// <summary>Listener → detector: another replica stands for election with this acceptor's promise; give it time.</summary>
public sealed record GiveWay : INoSerializationVerificationNeeded
{
    public static readonly GiveWay Instance = new();
}

/// <summary>Detector → responder: a heartbeat came, also for the replica's own.</summary>
public sealed record HeartbeatHeard(ReplicaId From, Ballot Ballot, long Number) : INoSerializationVerificationNeeded;

/// <summary>Responder → detector: it stands by the ballot. No answer: it does not.</summary>
public sealed record Acknowledge(ReplicaId From, Ballot Ballot, long Number) : INoSerializationVerificationNeeded;

/// <summary>Detector → listener: another replica leads with this ballot; told once a ballot, and again when it comes back after a suspicion.</summary>
public sealed record LeaderHeard(Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Detector → listener: the leader of this ballot is late with three heartbeats. Not yet a reason to stand for election.</summary>
public sealed record LeaderSuspected(Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Detector → listener: a phase-1 quorum misses the leader; stand for election.</summary>
public sealed record ElectionDue : INoSerializationVerificationNeeded
{
    public static readonly ElectionDue Instance = new();
}

/// <summary>Detector → listener: for some election timeouts no phase-2 quorum has acknowledged a heartbeat of this ballot.</summary>
public sealed record ContactLost(Ballot Ballot) : INoSerializationVerificationNeeded;

/// <summary>Detector → listener: which members have acknowledged lately; told when it changes.</summary>
public sealed record ContactChanged(Ballot Ballot, VoteSet Members) : INoSerializationVerificationNeeded;

/// <summary>Detector → lease holder: this replica holds the lease of its ballot until that time of its monotonic clock.</summary>
public sealed record LeaseExtended(Ballot Ballot, TimeSpan Until) : INoSerializationVerificationNeeded;

/// <summary>The detector's wire messages, for a protocol that has this role.</summary>
public static class DetectorWire
{
    private const byte HeartbeatTag = 8;
    private const byte HeartbeatAckTag = 9;
    private const byte PollTag = 10;
    private const byte PollAnswerTag = 11;

    public static void Register(WireRegistry registry)
    {
        registry.Register<Heartbeat>(HeartbeatTag, KernelRoles.Detector,
            (message, writer) => Write(message.Ballot, message.Number, writer),
            (ref WireReader reader, ReplicaId from) => new Heartbeat(from, reader.Ballot(), reader.VarInt()));
        registry.Register<HeartbeatAck>(HeartbeatAckTag, KernelRoles.Detector,
            (message, writer) => Write(message.Ballot, message.Number, writer),
            (ref WireReader reader, ReplicaId from) => new HeartbeatAck(from, reader.Ballot(), reader.VarInt()));
        registry.Register<Poll>(PollTag, KernelRoles.Detector,
            (message, writer) => writer.VarInt(message.Round),
            (ref WireReader reader, ReplicaId from) => new Poll(from, reader.VarInt()));
        registry.Register(PollAnswerTag, KernelRoles.Detector, WritePollAnswer, ReadPollAnswer);
    }

    private static void Write(Ballot ballot, long number, WireWriter writer)
    {
        writer.Ballot(ballot);
        writer.VarInt(number);
    }

    private static void WritePollAnswer(PollAnswer message, WireWriter writer)
    {
        writer.VarInt(message.Round);
        writer.Bool(message.Agrees);
    }

    private static PollAnswer ReadPollAnswer(ref WireReader reader, ReplicaId from) => new(from, reader.VarInt(), reader.Bool());
}
