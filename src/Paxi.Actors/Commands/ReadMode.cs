namespace Paxi.Actors.Commands;

/// <summary>How a read is answered.</summary>
public enum ReadMode : byte
{
    /// <summary>Through the log, like a write: linearizable.</summary>
    Log = 0,

    /// <summary>By the leader under a lease, without a round: linearizable while clocks drift less than the configured bound.</summary>
    Leader = 1,

    /// <summary>A phase-1 quorum of acceptors tells how far, then the replica that was asked reads its own state: linearizable (Charapko, Ailijiang, Demirbas: Linearizable Quorum Reads in Paxos, HotStorage 2019).</summary>
    Quorum = 2,

    /// <summary>By whichever replica is asked, from what it has executed: may be stale.</summary>
    Any = 3,
}
