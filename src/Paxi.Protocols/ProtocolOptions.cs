using System.Globalization;
using Akka.Configuration;
using Paxi.Actors.StateMachines;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols;

/// <summary>The settings that all protocols here have, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public abstract record ProtocolOptions
{
    /// <exception cref="ArgumentException">A value is out of range: the one line to show.</exception>
    private protected ProtocolOptions(Config paxi)
    {
        MaxBatchCommands = Whole(paxi, "batch.max-commands", 1, 1 << 20);
        MaxBatchBytes = Size(paxi, "batch.max-bytes", 1, 1 << 20);
        MaxWaiting = Whole(paxi, "batch.max-waiting", 1, 1 << 24);
        MaxWait = Span(paxi, "batch.max-wait", 1, 600_000);
        HeartbeatInterval = Span(paxi, "heartbeat-interval", 1, 60_000);
        ElectionTimeout = Span(paxi, "election-timeout", 2, 600_000);
        RetransmitInterval = Span(paxi, "retransmit-interval", 1, 600_000);
        SnapshotEverySlots = Whole(paxi, "snapshot.every-slots", 1, 1 << 20);
        SnapshotEveryBytes = Size(paxi, "snapshot.every-bytes", 1, 1L << 34);
        Sessions = new SessionLimits(Whole(paxi, "sessions.max", 1, 1 << 24), Whole(paxi, "sessions.max-outstanding", 1, 1 << 24));
        if (ElectionTimeout < 2 * HeartbeatInterval)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.election-timeout = {Show(ElectionTimeout)}; it must be at least twice paxi.heartbeat-interval, {Show(HeartbeatInterval)}"));
        }
    }

    /// <summary>Commands in a batch, at most.</summary>
    public int MaxBatchCommands { get; init; }

    /// <summary>Bytes of commands in a batch, at most; a request that is longer by itself goes alone.</summary>
    public long MaxBatchBytes { get; init; }

    /// <summary>Commands that wait at this replica; further ones are refused as overloaded. With objects: over all of them.</summary>
    public int MaxWaiting { get; init; }

    /// <summary>While the oldest command has waited longer than this, further ones are not taken.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>The time between two heartbeats.</summary>
    public TimeSpan HeartbeatInterval { get; init; }

    /// <summary>A replica is suspected when nothing was heard of it for this time. At least twice the heartbeat interval.</summary>
    public TimeSpan ElectionTimeout { get; init; }

    /// <summary>What was not answered is sent again after this time.</summary>
    public TimeSpan RetransmitInterval { get; init; }

    /// <summary>So many slots, or more bytes, make a snapshot due. In WPaxos a checkpoint: so many objects whose state is not durable yet, or more bytes of votes.</summary>
    public int SnapshotEverySlots { get; init; }

    /// <summary>See <see cref="SnapshotEverySlots"/>; bytes.</summary>
    public long SnapshotEveryBytes { get; init; }

    /// <summary>How many client sessions are kept, and how many commands of each may be outstanding.</summary>
    public SessionLimits Sessions { get; init; }

    private protected static string Show(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms");
}
