using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>What an acceptor makes of what it finds in its journal.</summary>
public sealed class AcceptorLogTests
{
    private static readonly Ballot s_ballot = new(1, new ReplicaId(1, 1));

    /// <summary>Found by the swarm, seed 3235: the log with a gap was kept when the snapshot's slot and the watermark were the same.</summary>
    [Fact]
    public void A_snapshot_from_another_replica_covers_a_gap_also_when_later_votes_know_of_it()
    {
        var recovery = Recovery(commit: 20, snapshot: 20, [.. Slots(1, 18), .. Slots(20, 24), .. Slots(58, 62)]);
        var log = new AcceptorLog(recovery);
        Assert.Equal((20, 20, 62), (log.Truncated, log.Decided, log.Last));
        Assert.True(log.TryGet(21, out _));
        Assert.False(log.TryGet(20, out _));
    }

    [Fact]
    public void A_snapshot_of_its_own_leaves_the_log_behind_it()
    {
        var log = new AcceptorLog(Recovery(commit: 20, snapshot: 15, Slots(1, 22)));
        Assert.Equal((0, 20, 22), (log.Truncated, log.Decided, log.Last));
    }

    [Fact]
    public void A_gap_that_no_snapshot_covers_is_damage()
    {
        var fault = Assert.Throws<JournalException>(() => new AcceptorLog(Recovery(commit: 20, snapshot: 10, [.. Slots(1, 18), .. Slots(20, 24)])));
        Assert.Contains("lacks the vote of slot 19, which lies between", fault.Message, StringComparison.Ordinal);
    }

    private static long[] Slots(long first, long last) => [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(slot => (long)slot)];

    private static AcceptorRecovery Recovery(long commit, long snapshot, long[] slots)
    {
        var recovery = new AcceptorRecovery { Promised = s_ballot, Commit = commit, Snapshot = snapshot };
        recovery.Entries.AddRange(slots.Select(slot => new LogEntry(slot, s_ballot, Batch.NoOp)));
        return recovery;
    }
}
