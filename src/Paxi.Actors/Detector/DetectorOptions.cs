namespace Paxi.Actors.Detector;

/// <summary>How a detector watches, and whom it tells.</summary>
public sealed record DetectorOptions
{
    /// <summary>The role that is told who leads and when to stand for election, and that asks for heartbeats.</summary>
    public required string Listener { get; init; }

    /// <summary>The role that acknowledges heartbeats.</summary>
    public required string Responder { get; init; }

    /// <summary>The role that is told of leases; null when there are none.</summary>
    public string? LeaseHolder { get; init; }

    /// <summary>The time between two heartbeats of a leader.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>At which place, from 0, this replica stands for the first election when all are new; null: in the order of the members' ids.</summary>
    public int? Place { get; init; }

    /// <summary>A leader is suspected after a time drawn from this to twice this.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>How long a lease lasts for its holder, counted from the sending of the heartbeat; already shortened by the clock bound.</summary>
    public TimeSpan LeaseTerm { get; init; }

    /// <summary>A leader without acknowledgements of a phase-2 quorum for this time cannot lead.</summary>
    public TimeSpan ContactTimeout => 2 * ElectionTimeout;
}
