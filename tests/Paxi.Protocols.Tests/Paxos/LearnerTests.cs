using System.Security.Cryptography;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The learner, with snapshots every four slots.</summary>
public sealed class LearnerTests()
    : RoleSpec(PaxosRoles.Learner, "snapshot.every-slots = 4, snapshot.chunk-bytes = 64, retransmit-interval = 100ms")
{
    private const ulong Session = 1;
    private static readonly Ballot Leader = Ballot(1, Second);

    [Fact]
    public void It_executes_each_slot_once_and_in_order()
    {
        Learn(1);
        Learn(1);
        Learn(3);
        Learn(2);
        Assert.Equal(["decided 1", "executed 1", "decided 2", "executed 2"], Observed);
    }

    [Fact]
    public void Only_the_replica_that_proposed_hands_out_results()
    {
        Learn(1);
        Assert.Empty(Answers());
        Learn(2, isOwn: true);
        Assert.Single(Answers());
    }

    [Fact]
    public void It_asks_who_told_it_for_what_it_lacks()
    {
        Tell(new CommitSeen(3, Third));
        Assert.Equal(1, Assert.Single(Sent<CatchUp>(Third)).FirstSlot);
        Receive(new CatchUpEntries(Third, 0, 3, [Entry(1), Entry(2), Entry(3)]));
        Assert.Equal("3", Status("executed"));
        Assert.Equal("none", Status("catch_up"));
        Assert.Equal(3, Assert.Single(Told<Learned>()).Entries.Count);
        Assert.Equal(3, Assert.Single(Told<LearnedTo>()).Slot);
    }

    /// <summary>
    /// A new leader that is still in phase 1 executes what the watermark of the one before tells, and proposes those slots again. Where they are cut off nobody votes: unless it learns that they are
    /// decided, it proposes them for ever.
    /// </summary>
    [Fact]
    public void The_leader_is_told_when_an_acceptor_has_cut_off_what_is_executed_here()
    {
        Learn(1);
        Learn(2);
        Assert.Empty(Told<LearnedTo>());
        Receive(new CatchUpEntries(Third, 2, 2, []));
        Assert.Equal(2, Assert.Single(Told<LearnedTo>()).Slot);
        Assert.Empty(Sent<CatchUp>());
    }

    [Fact]
    public void It_asks_for_chunk_after_chunk()
    {
        Tell(new CommitSeen(3, Third));
        Sent<CatchUp>();
        Receive(new CatchUpEntries(Third, 0, 3, [Entry(1), Entry(2)]));
        Assert.Equal(3, Assert.Single(Sent<CatchUp>(Third)).FirstSlot);
    }

    [Fact]
    public void It_asks_another_when_one_is_silent()
    {
        Tell(new CommitSeen(3, Second));
        Assert.Single(Sent<CatchUp>(Second));
        Advance(150);
        Assert.Single(Sent<CatchUp>(Third));
    }

    [Fact]
    public void It_gives_up_when_nobody_has_it_and_begins_again_when_told()
    {
        Tell(new CommitSeen(long.MaxValue, Second));
        Advance(5000);
        Assert.Equal("none", Status("catch_up"));
        Assert.InRange(Sent<CatchUp>().Count, 2, 8);
        Tell(new CommitSeen(3, Second));
        Assert.Single(Sent<CatchUp>());
    }

    /// <summary>An entry that its sender does not know to be decided decides nothing here.</summary>
    [Fact]
    public void An_entry_above_the_senders_watermark_is_not_executed()
    {
        Tell(new CommitSeen(2, Third));
        Receive(new CatchUpEntries(Third, 0, 1, [Entry(1), Entry(2)]));
        Assert.Equal("1", Status("executed"));
    }

    [Fact]
    public void A_snapshot_is_durable_before_the_log_may_go()
    {
        Node.Disk.Stall(TimeSpan.FromMilliseconds(50));
        for (var slot = 1; slot <= 5; slot++)
        {
            Learn(slot);
        }

        Advance(40);
        Assert.Empty(Told<SnapshotDurable>());
        Advance(60);
        Assert.Equal(4, Assert.Single(Told<SnapshotDurable>()).Slot);
    }

    [Fact]
    public void A_restart_begins_at_the_snapshot()
    {
        for (var slot = 1; slot <= 5; slot++)
        {
            Learn(slot);
        }

        Advance(100);
        Observed.Clear();
        CrashAndStart();
        Assert.Equal(["restored 4"], Observed);
        Learn(5);
        Read(5);
        Assert.Equal("5", ValueOf(Assert.Single(Answers())));
    }

    [Fact]
    public void A_lagging_replica_takes_a_snapshot_chunk_by_chunk_and_goes_on_behind_it()
    {
        var (slot, snapshot) = SnapshotOfAnother();
        Tell(new CommitSeen(slot + 1, Third));
        Receive(new CatchUpEntries(Third, slot, slot + 1, []));
        Download(snapshot, slot, Third);
        Assert.Contains($"restored {slot}", Observed);
        Assert.Empty(Told<SnapshotDurable>());

        Advance(100);
        Assert.Equal(slot, Assert.Single(Told<SnapshotDurable>()).Slot);
        Assert.Equal(slot + 1, Sent<CatchUp>(Third)[^1].FirstSlot);
        Read(slot);
        Assert.Equal($"{slot}", ValueOf(Assert.Single(Answers())));
    }

    [Fact]
    public void A_damaged_snapshot_is_not_installed_and_another_replica_is_asked()
    {
        var (slot, snapshot) = SnapshotOfAnother();
        var damaged = snapshot.ToArray();
        damaged[damaged.Length / 2] ^= 1;
        Tell(new CommitSeen(slot, Third));
        Receive(new CatchUpEntries(Third, slot, slot, []));
        Download(damaged, slot, Third, SHA256.HashData(snapshot.Span));
        Assert.Equal("0", Status("executed"));
        Assert.Equal("1", Status("refused"));
        Advance(150);
        Assert.NotEmpty(Sent<CatchUp>());
    }

    [Fact]
    public void A_download_goes_on_where_it_stood_with_another_replica()
    {
        var (slot, snapshot) = SnapshotOfAnother();
        Tell(new CommitSeen(slot, Third));
        Receive(new CatchUpEntries(Third, slot, slot, []));
        Sent<SnapshotRequest>();
        Receive(Chunk(snapshot, slot, 0, Third));
        Assert.Equal(64, Assert.Single(Sent<SnapshotRequest>(Third)).Offset);
        Advance(150);
        Assert.Equal((slot, 64L), Assert.Single(Sent<SnapshotRequest>(Second)) is var request ? (request.Slot, request.Offset) : default);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-5)]
    [InlineData(1)]
    public void A_snapshot_of_absurd_length_is_refused(long length)
    {
        Tell(new CommitSeen(9, Third));
        Receive(new CatchUpEntries(Third, 9, 9, []));
        Receive(new SnapshotChunk(Third, 9, Leader, 0, length, new byte[32], new byte[10]));
        Assert.Equal("1", Status("refused"));
        Assert.Equal("0", Status("executed"));
    }

    [Fact]
    public void It_hands_out_its_own_snapshot_in_chunks()
    {
        for (var slot = 1; slot <= 4; slot++)
        {
            Learn(slot);
        }

        Receive(new SnapshotRequest(Third, 0, 0));
        Assert.Empty(Sent<SnapshotChunk>());
        Advance(100);
        Receive(new SnapshotRequest(Third, 0, 0));
        var first = Assert.Single(Sent<SnapshotChunk>(Third));
        Assert.Equal((4L, 0L, 64), (first.Slot, first.Offset, first.Bytes.Length));
        Receive(new SnapshotRequest(Third, 4, 64));
        Assert.Equal(64, Assert.Single(Sent<SnapshotChunk>(Third)).Offset);
        Receive(new SnapshotRequest(Third, 3, 64));
        Assert.Equal(0, Assert.Single(Sent<SnapshotChunk>(Third)).Offset);
    }

    [Fact]
    public void A_read_waits_for_its_slot()
    {
        Learn(1);
        Read(2);
        Assert.Empty(Answers());
        Learn(2);
        Assert.Equal("2", ValueOf(Assert.Single(Answers())));
    }

    [Fact]
    public void A_read_whose_slot_does_not_come_is_refused()
    {
        Read(2);
        Advance(1200);
        Assert.Equal(RefusalReason.Overloaded, Assert.Single(Told<ReadsRefused>()).Reason);
    }

    private void Learn(long slot, bool isOwn = false) => Tell(new Learn(slot, Leader, Entry(slot).Batch, isOwn));

    /// <summary>Slot 1 opens the session, the others write their number under a key, so long that the snapshot has several chunks.</summary>
    private static LogEntry Entry(long slot) => new(slot, Leader, slot == 1 ? Block(1, ReadOnlyMemory<byte>.Empty) : Block(slot, Body(new Set("k", Encoding.UTF8.GetBytes($"{slot}".PadRight(50, '.'))))));

    private static Batch Block(long sequence, ReadOnlyMemory<byte> body) => BatchWriter.Block(Session, sequence, [(sequence, body)]);

    private static ReadOnlyMemory<byte> Body(Command command)
    {
        var writer = new WireWriter();
        KeyValueCodec.Write(command, writer);
        return writer.ToArray();
    }

    private void Read(long slot) => Tell(new ReadAt(Block(1, Body(new Get("k"))), slot, World.Now + TimeSpan.FromSeconds(1)));

    private List<Executed> Answers() => Told<Executed>();

    private static string? ValueOf(Executed executed)
    {
        var reader = new WireReader(Assert.Single(executed.Blocks).Results);
        reader.VarInt();
        Assert.Equal((byte)CommandStatus.Done, reader.Byte());
        return KeyValueCodec.ReadResult(new Get("k"), reader.Bytes()).Value is { } value ? Encoding.UTF8.GetString(value.Span).TrimEnd('.') : null;
    }

    private static (long Slot, ReadOnlyMemory<byte> Snapshot) SnapshotOfAnother()
    {
        var state = new ReplicatedState(new KeyValueStore(), new SessionLimits());
        for (var slot = 1; slot <= 8; slot++)
        {
            state.Execute(Entry(slot).Batch, wantsResults: false);
        }

        return (8, state.Snapshot());
    }

    private static SnapshotChunk Chunk(ReadOnlyMemory<byte> snapshot, long slot, int offset, ReplicaId from, byte[]? hash = null) => new(
        from, slot, Leader, offset, snapshot.Length, hash ?? SHA256.HashData(snapshot.Span), snapshot.Slice(offset, Math.Min(64, snapshot.Length - offset)));

    private void Download(ReadOnlyMemory<byte> snapshot, long slot, ReplicaId from, byte[]? hash = null)
    {
        for (var requests = Sent<SnapshotRequest>(from); requests.Count > 0; requests = Sent<SnapshotRequest>(from))
        {
            Receive(Chunk(snapshot, slot, (int)requests[^1].Offset, from, hash));
        }
    }
}
