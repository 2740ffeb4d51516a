namespace Paxi.Actors.StateMachines;

/// <summary>Bounds of the session table; part of the configuration, and the same on every replica.</summary>
/// <param name="MaxSessions">When it is full, the session that was used longest ago is forgotten.</param>
/// <param name="MaxOutstanding">How far a sequence number may be above the session's lowest outstanding one.</param>
public sealed record SessionLimits(int MaxSessions = 65_536, int MaxOutstanding = 16_384)
{
    /// <summary>The most bytes of results kept for one session; past it the results of its lowest sequence numbers are dropped.</summary>
    public int MaxSessionResultBytes { get; init; } = 8 << 20;

    /// <summary>
    /// The most bytes of results kept for all sessions; past it those of the session that was used longest ago are dropped.
    /// </summary>
    public long MaxResultBytes { get; init; } = 256L << 20;

    /// <summary>
    /// A session is opened by its first write instead of by a command of its own: where there are several tables, a client does not know which it will need. As safe: an id at or below one that was
    /// forgotten is never opened again. But a client whose session was forgotten here learns it only when it may be too late to tell what became of its write.
    /// </summary>
    public bool OpensByUse { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A limit below 1.</exception>
    internal SessionLimits Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutstanding, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSessionResultBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResultBytes, 1);
        return this;
    }
}
