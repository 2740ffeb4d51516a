using System.Globalization;
using Akka.Configuration;
using Paxi.Actors.StateMachines;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols.WPaxos;

/// <summary>The settings of WPaxos and its family, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public sealed record WPaxosOptions
{
    /// <summary>Slots of one object under way at a time.</summary>
    public required int Pipeline { get; init; }

    public required int MaxBatchCommands { get; init; }

    public required long MaxBatchBytes { get; init; }

    /// <summary>Commands that wait at this replica, over all objects; further ones are refused as overloaded.</summary>
    public required int MaxWaiting { get; init; }

    public required TimeSpan MaxWait { get; init; }

    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>A replica is suspected when nothing was heard of it for this time.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    public required TimeSpan RetransmitInterval { get; init; }

    /// <summary>Objects whose state is not durable yet; more of them, or more bytes of votes, make a checkpoint due.</summary>
    public required int SnapshotEverySlots { get; init; }

    public required long SnapshotEveryBytes { get; init; }

    public required SessionLimits Sessions { get; init; }

    /// <summary>Off: a replica that is asked for an object steals it at once, as in Paxi. On: its owner decides by the policy who shall have it.</summary>
    public required bool IsAdaptive { get; init; }

    /// <summary>null, immediate, consecutive, majority, ema.</summary>
    public required string Policy { get; init; }

    /// <summary>Of the policy: hits in a row, seconds, or alpha.</summary>
    public required double Threshold { get; init; }

    /// <summary>An owner actor without work for this time is passivated.</summary>
    public required TimeSpan OwnerIdle { get; init; }

    /// <summary>Owner actors that may be there at a time; past it the ones idle for longest are passivated early.</summary>
    public required int MaxOwners { get; init; }

    /// <exception cref="ArgumentException">A value is out of range: the one line to show.</exception>
    public static WPaxosOptions Create(Config paxi)
    {
        var options = new WPaxosOptions
        {
            Pipeline = Whole(paxi, "owners.pipeline", 1, 64),
            MaxBatchCommands = Whole(paxi, "batch.max-commands", 1, 1 << 20),
            MaxBatchBytes = Size(paxi, "batch.max-bytes", 1, 1 << 20),
            MaxWaiting = Whole(paxi, "batch.max-waiting", 1, 1 << 24),
            MaxWait = Span(paxi, "batch.max-wait", 1, 600_000),
            HeartbeatInterval = Span(paxi, "heartbeat-interval", 1, 60_000),
            ElectionTimeout = Span(paxi, "election-timeout", 2, 600_000),
            RetransmitInterval = Span(paxi, "retransmit-interval", 1, 600_000),
            SnapshotEverySlots = Whole(paxi, "snapshot.every-slots", 1, 1 << 20),
            SnapshotEveryBytes = Size(paxi, "snapshot.every-bytes", 1, 1L << 34),
            Sessions = new SessionLimits(Whole(paxi, "sessions.max", 1, 1 << 24), Whole(paxi, "sessions.max-outstanding", 1, 1 << 24)),
            IsAdaptive = paxi.GetBoolean("steal.adaptive"),
            Policy = Word(paxi, "steal.policy", "null", "immediate", "consecutive", "majority", "ema"),
            Threshold = Number(paxi, "steal.threshold", 0, 1e6),
            OwnerIdle = Span(paxi, "owners.idle", 1, 86_400_000),
            MaxOwners = Whole(paxi, "owners.max-active", 16, 1 << 22),
        };
        if (options.ElectionTimeout < 2 * options.HeartbeatInterval)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.election-timeout = {paxi.GetString("election-timeout")}; it must be at least twice paxi.heartbeat-interval"));
        }

        return options;
    }
}
