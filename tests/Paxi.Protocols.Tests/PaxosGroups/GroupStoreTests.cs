using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using Paxi.Protocols.PaxosGroups;
using Xunit;

namespace Paxi.Protocols.Tests.PaxosGroups;

/// <summary>Groups share a journal, and never see each other's part of it.</summary>
public sealed class GroupStoreTests : IDisposable
{
    private readonly MemoryJournalStore _store = new();
    private static readonly Ballot s_ballot = new(3, new ReplicaId(1, 2));

    [Fact]
    public void A_group_reads_what_it_wrote_and_nothing_else()
    {
        for (byte group = 0; group < 3; group++)
        {
            Commit(group, PaxosJournal.Promised(new Ballot(group + 1u, new ReplicaId(1, 1))), PaxosJournal.Vote(group + 10, s_ballot, 0, Batch.NoOp));
        }

        for (byte group = 0; group < 3; group++)
        {
            var recovery = PaxosJournal.ReadAcceptor(new GroupStore(group, _store));
            Assert.Equal(group + 1u, recovery.Promised.Counter);
            Assert.Equal(group + 10, Assert.Single(recovery.Entries).Slot);
        }

        Assert.Empty(new GroupStore(3, _store).Read(PaxosJournal.LogTable));
        Assert.Null(PaxosJournal.ReadSnapshot(new GroupStore(1, _store)));
    }

    [Fact]
    public void What_one_group_cuts_off_the_others_keep()
    {
        for (byte group = 0; group < 3; group++)
        {
            Commit(group, PaxosJournal.Vote(1, s_ballot, 0, Batch.NoOp), PaxosJournal.Vote(2, s_ballot, 1, Batch.NoOp), PaxosJournal.Vote(long.MaxValue, s_ballot, 1, Batch.NoOp));
        }

        Commit(1, PaxosJournal.Truncate(1));
        Assert.Equal([3, 2, 3], Enumerable.Range(0, 3).Select(group => new GroupStore((byte)group, _store).Read(PaxosJournal.LogTable).Count()));
    }

    [Fact]
    public void A_carried_message_is_read_as_it_was_written()
    {
        var from = new ReplicaId(2, 1);
        var batch = BatchWriter.Block(9, 1, [(1, new byte[] { 1, 2, 3 })]);
        IWireMessage[] samples =
        [
            new Accept(from, s_ballot, 7, 6, batch),
            new Accepted(from, s_ballot, long.MaxValue),
            new Promise(from, s_ballot, 1, true, 0, 5, [new LogEntry(6, s_ballot, batch)]),
            new Actors.Detector.Heartbeat(from, s_ballot, 12),
        ];
        var registry = WireRegistry.Of(new PaxosGroupsProtocol());
        foreach (var sample in samples)
        {
            var writer = new WireWriter(64);
            registry.WriteCarried(new Grouped(63, sample), writer);
            var reader = new WireReader(writer.ToArray());
            var read = Assert.IsType<Grouped>(registry.ReadCarried(ref reader, from));
            Assert.True(reader.End);
            Assert.Equal(63, read.Group);
            Assert.Equal(sample.GetType(), read.Message.GetType());
            var again = new WireWriter(64);
            registry.WriteCarried(read, again);
            Assert.Equal(writer.ToArray(), again.ToArray());
        }
    }

    /// <summary>Else a forged message could nest without end.</summary>
    [Fact]
    public void A_group_carries_no_groups()
    {
        var registry = WireRegistry.Of(new PaxosGroupsProtocol());
        var inner = new Grouped(0, new Accepted(new ReplicaId(1, 1), s_ballot, 1));
        Assert.Throws<WireFormatException>(() => registry.WriteCarried(new Grouped(0, inner), new WireWriter(64)));
        Assert.Throws<WireFormatException>(() =>
        {
            var reader = new WireReader(new byte[] { 32, 0, 255, 0 });
            registry.ReadCarried(ref reader, new ReplicaId(1, 1));
        });
    }

    public void Dispose() => _store.Dispose();

    private void Commit(byte group, params JournalWrite[] writes) => new GroupStore(group, _store).Commit(writes, static fault => Assert.Null(fault));
}
