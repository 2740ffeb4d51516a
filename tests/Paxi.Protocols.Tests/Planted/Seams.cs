using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Changes of what a role is handed.</summary>
internal static class Seams
{
    /// <summary>The role runs with a changed context.</summary>
    public static Plant Hands(Func<ReplicaContext, ReplicaContext> change) => (right, context) => right.Props(change(context));

    /// <summary>Other settings, in HOCON of the section <c>paxi</c>.</summary>
    public static ReplicaContext WithSettings(this ReplicaContext context, string settings) =>
        context with { Settings = ConfigurationFactory.ParseString(settings).WithFallback(context.Settings) };

    /// <summary>Records are not found on recovery.</summary>
    /// <param name="hides">By table and key.</param>
    public static ReplicaContext Without(this ReplicaContext context, Func<byte, byte[], bool> hides) =>
        context with { Store = new ForgetfulStore(context.Store, hides) };

    /// <summary>Messages on their way out are changed, or dropped where it gives null. The receiver is null for everyone else.</summary>
    public static ReplicaContext Sending(this ReplicaContext context, Func<ReplicaId?, IWireMessage, IWireMessage?> change) =>
        context with { Links = new ChangedLinks(context.Links, change) };

    private sealed class ChangedLinks(ILinks right, Func<ReplicaId?, IWireMessage, IWireMessage?> change) : ILinks
    {
        public void Send(ReplicaId to, IWireMessage message)
        {
            if (change(to, message) is { } changed)
            {
                right.Send(to, changed);
            }
        }

        public void Broadcast(IWireMessage message)
        {
            if (change(null, message) is { } changed)
            {
                right.Broadcast(changed);
            }
        }
    }

    private sealed class ForgetfulStore(IJournalStore right, Func<byte, byte[], bool> hides) : IJournalStore
    {
        public bool IsVolatile => right.IsVolatile;

        public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default) =>
            right.Read(table, from).Where(pair => !hides(table, pair.Key));

        public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done) => right.Commit(writes, done);

        public void Dispose() => right.Dispose();
    }
}

/// <summary>Sees what a role reports, and passes it on.</summary>
internal class ObserverTap(IReplicaObserver right) : IReplicaObserver
{
    public virtual void Promised(ReplicaId replica, string log, Ballot ballot) => right.Promised(replica, log, ballot);

    public virtual void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) =>
        right.Accepted(replica, log, slot, ballot, batch);

    public virtual void Led(ReplicaId replica, string log, Ballot ballot) => right.Led(replica, log, ballot);

    public virtual void Decided(ReplicaId replica, string log, long slot, Batch batch) => right.Decided(replica, log, slot, batch);

    public virtual void Executed(ReplicaId replica, string log, long slot, Batch batch) => right.Executed(replica, log, slot, batch);

    public virtual void Restored(ReplicaId replica, string log, long slot) => right.Restored(replica, log, slot);
}

/// <summary>Follows an acceptor: what it has voted for, and the highest ballot that it has promised or voted in.</summary>
internal sealed class Votes : ObserverTap
{
    private readonly SortedDictionary<long, LogEntry> _votes = [];

    public Votes(ReplicaContext context) : base(context.Observer)
    {
        var recovery = PaxosJournal.ReadAcceptor(context.Store);
        Highest = recovery.Promised;
        foreach (var entry in recovery.Entries)
        {
            _votes[entry.Slot] = entry;
        }

        First = 1 + Math.Max(Math.Max(recovery.Commit, recovery.Truncated), recovery.Snapshot);
    }

    /// <summary>The first slot that the acceptor did not know to be decided when it started.</summary>
    public long First { get; }

    public Ballot Highest { get; private set; }

    /// <summary>The votes from a slot on, without a gap.</summary>
    public IEnumerable<LogEntry> From(long slot)
    {
        for (; _votes.TryGetValue(slot, out var vote); slot++)
        {
            yield return vote;
        }
    }

    public override void Promised(ReplicaId replica, string log, Ballot ballot)
    {
        Raise(ballot);
        base.Promised(replica, log, ballot);
    }

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
    {
        Raise(ballot);
        _votes[slot] = new LogEntry(slot, ballot, batch);
        base.Accepted(replica, log, slot, ballot, batch);
    }

    private void Raise(Ballot ballot) => Highest = ballot > Highest ? ballot : Highest;
}

/// <summary>Quorums by a predicate, with nobody to check that they intersect.</summary>
internal sealed class UncheckedQuorums(QuorumSystem right, Func<VoteSet, bool>? phase1, Func<VoteSet, bool>? phase2) : QuorumSystem(right.Members)
{
    public override string Name => right.Name;

    public override bool IsPhase1Quorum(VoteSet votes) => phase1 is null ? right.IsPhase1Quorum(votes) : phase1(votes);

    public override bool IsPhase2Quorum(VoteSet votes) => phase2 is null ? right.IsPhase2Quorum(votes) : phase2(votes);

    public override VoteSet SmallestPhase1(int self) => right.SmallestPhase1(self);

    public override VoteSet SmallestPhase2(int self) => right.SmallestPhase2(self);
}
