using System.Globalization;
using Akka.Configuration;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols.Paxos;

/// <summary>The settings of Multi-Paxos, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public sealed record PaxosOptions : ProtocolOptions
{
    private PaxosOptions(Config paxi)
        : base(paxi)
    {
        Pipeline = Whole(paxi, "batch.pipeline", 1, 1024);
        Pace = Span(paxi, "batch.pace", 0, 60_000);
        IsThrifty = paxi.GetBoolean("thrifty");
        IsEphemeralLeader = paxi.GetBoolean("ephemeral-leader");
        LeaseDuration = Span(paxi, "lease.duration", 0, 600_000);
        MaxDrift = Whole(paxi, "lease.max-drift", 0, 500_000);
        RetainSlots = Whole(paxi, "snapshot.retain-slots", 0, 1 << 20);
        RetainBytes = Size(paxi, "snapshot.retain-bytes", 0, 1L << 34);
        ChunkBytes = (int)Size(paxi, "snapshot.chunk-bytes", 64, 1 << 20);
        if (LeaseDuration > ElectionTimeout)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.lease.duration = {Show(LeaseDuration)}; it may be up to paxi.election-timeout, {Show(ElectionTimeout)}, or 0 for no leases"));
        }
    }

    /// <summary>Slots under way at a time.</summary>
    public int Pipeline { get; init; }

    /// <summary>While slots are under way, another is opened no sooner than this after the last one, unless a full batch waits.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Accepts go to the smallest phase-2 quorum, and to everyone when that is silent.</summary>
    public bool IsThrifty { get; init; }

    /// <summary>Every replica that is asked stands for election; there are no leases then.</summary>
    public bool IsEphemeralLeader { get; init; }

    /// <summary>How long a follower stands by a lease, on its own clock; zero: no leases.</summary>
    public TimeSpan LeaseDuration { get; init; }

    /// <summary>The bound on how much faster or slower than true time a clock runs, in parts per million.</summary>
    public int MaxDrift { get; init; }

    /// <summary>Slots of the log kept before a snapshot, at most, for replicas that lag a little.</summary>
    public int RetainSlots { get; init; }

    /// <summary>Bytes of the log kept before a snapshot, at most.</summary>
    public long RetainBytes { get; init; }

    /// <summary>Bytes of a snapshot in one message, and in one record of the journal.</summary>
    public int ChunkBytes { get; init; }

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
    public static PaxosOptions Create(Config paxi) => new(paxi);
}
