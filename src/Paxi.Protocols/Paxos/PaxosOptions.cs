using System.Globalization;
using Akka.Configuration;
using Paxi.Actors.StateMachines;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols.Paxos;

/// <summary>The settings of Multi-Paxos, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public sealed record PaxosOptions
{
    public required int Pipeline { get; init; }

    /// <summary>While slots are under way, another is opened no sooner than this after the last one, unless a full batch waits.</summary>
    public required TimeSpan Pace { get; init; }

    public required int MaxBatchCommands { get; init; }

    public required long MaxBatchBytes { get; init; }

    public required int MaxWaiting { get; init; }

    public required TimeSpan MaxWait { get; init; }

    public required TimeSpan HeartbeatInterval { get; init; }

    public required TimeSpan ElectionTimeout { get; init; }

    public required TimeSpan RetransmitInterval { get; init; }

    public required bool IsThrifty { get; init; }

    public required bool IsEphemeralLeader { get; init; }

    /// <summary>How long a follower stands by a lease, on its own clock; zero: no leases.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>The bound on how much faster or slower than true time a clock runs, in parts per million.</summary>
    public required int MaxDrift { get; init; }

    public required int SnapshotEverySlots { get; init; }

    public required long SnapshotEveryBytes { get; init; }

    public required int RetainSlots { get; init; }

    public required long RetainBytes { get; init; }

    public required int ChunkBytes { get; init; }

    public required SessionLimits Sessions { get; init; }

    /// <summary>Leases need a leader that stays.</summary>
    public bool HasLeases => LeaseDuration > TimeSpan.Zero && !IsEphemeralLeader;

    /// <summary>
    /// How long the leader may count on a lease, on its own clock. The follower's clock may run fast and so end early in true time, D / (1 + d); the leader's may run
    /// slow and so end late, L / (1 - d). Safe is L = D (1 - d) / (1 + d).
    /// </summary>
    public TimeSpan LeaseTerm
    {
        get
        {
            var drift = MaxDrift / 1e6;
            return TimeSpan.FromTicks((long)(LeaseDuration.Ticks * (1 - drift) / (1 + drift)));
        }
    }

    /// <exception cref="ArgumentException">A value is out of range: the one line to show.</exception>
    public static PaxosOptions Create(Config paxi)
    {
        var options = new PaxosOptions
        {
            Pipeline = Whole(paxi, "batch.pipeline", 1, 1024),
            Pace = Span(paxi, "batch.pace", 0, 60_000),
            MaxBatchCommands = Whole(paxi, "batch.max-commands", 1, 1 << 20),
            MaxBatchBytes = Size(paxi, "batch.max-bytes", 1, 1 << 20),
            MaxWaiting = Whole(paxi, "batch.max-waiting", 1, 1 << 24),
            MaxWait = Span(paxi, "batch.max-wait", 1, 600_000),
            HeartbeatInterval = Span(paxi, "heartbeat-interval", 1, 60_000),
            ElectionTimeout = Span(paxi, "election-timeout", 2, 600_000),
            RetransmitInterval = Span(paxi, "retransmit-interval", 1, 600_000),
            IsThrifty = paxi.GetBoolean("thrifty"),
            IsEphemeralLeader = paxi.GetBoolean("ephemeral-leader"),
            LeaseDuration = Span(paxi, "lease.duration", 0, 600_000),
            MaxDrift = Whole(paxi, "lease.max-drift", 0, 500_000),
            SnapshotEverySlots = Whole(paxi, "snapshot.every-slots", 1, 1 << 20),
            SnapshotEveryBytes = Size(paxi, "snapshot.every-bytes", 1, 1L << 34),
            RetainSlots = Whole(paxi, "snapshot.retain-slots", 0, 1 << 20),
            RetainBytes = Size(paxi, "snapshot.retain-bytes", 0, 1L << 34),
            ChunkBytes = (int)Size(paxi, "snapshot.chunk-bytes", 64, 1 << 20),
            Sessions = new SessionLimits(Whole(paxi, "sessions.max", 1, 1 << 24), Whole(paxi, "sessions.max-outstanding", 1, 1 << 24)),
        };
        options.CheckTimes();
        return options;
    }

    private void CheckTimes()
    {
        if (ElectionTimeout < 2 * HeartbeatInterval)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.election-timeout = {Show(ElectionTimeout)}; it must be at least twice paxi.heartbeat-interval, {Show(HeartbeatInterval)}"));
        }

        if (LeaseDuration > ElectionTimeout)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.lease.duration = {Show(LeaseDuration)}; it may be up to paxi.election-timeout, {Show(ElectionTimeout)}, or 0 for no leases"));
        }
    }

    private static string Show(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms");
}
