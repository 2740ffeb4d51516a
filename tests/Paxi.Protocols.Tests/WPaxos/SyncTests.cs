using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Tests.Paxos;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The sync role of replica 1.1, which comes in a joint epoch: 1.2, 1.3 and 1.4 have voted, 1.1, 1.2 and 1.3 will.</summary>
public sealed class SyncTests() : RoleSpec("sync", protocol: WPaxosProtocol.WPaxos, adjust: Join)
{
    private static readonly ReplicaId s_fourth = new(1, 4);
    private static readonly ObjectKey s_key = new("x");
    private long? _round;

    [Fact]
    public void It_is_synced_when_it_holds_what_a_quorum_of_the_old_voters_holds()
    {
        Advance(300);
        Assert.Equal([Second, Third, s_fourth], SentTo);
        Advance(300);
        Give(Second, start: 5, index: 0, next: 1, isLast: true, truncated: 3);
        var adopt = Assert.Single(Told<Adopt>());

        // The votes are held, but the state is not.
        Tell(new Adopted(adopt.Token, [new Place(s_key, Ballot(2, Second), 3)]));
        var cover = Assert.Single(Told<Cover>());
        Assert.Equal(Second, cover.Peer);
        Tell(new CoverReached(cover.Token));
        Tell(new Adopted(Assert.Single(Told<Adopt>()).Token, []));

        // One voter is no quorum.
        Assert.Empty(Told<Synced>());
        Give(Third, start: 5, index: 0, next: 1, isLast: true);
        Assert.Empty(Told<Synced>());
        Tell(new Adopted(Assert.Single(Told<Adopt>()).Token, []));
        Assert.Equal(2, Assert.Single(Told<Synced>()).Number);
    }

    [Fact]
    public void As_many_voters_are_asked_as_are_enough_and_the_others_when_that_takes_long()
    {
        Assert.Equal(2, SentTo.Count);
        Advance(300);
        Assert.Equal([Second, Third, s_fourth], SentTo);
    }

    /// <summary>Chunk by chunk; from the beginning when the voter has started anew meanwhile, because it lists its objects in another order then.</summary>
    [Fact]
    public void A_voter_that_starts_anew_is_read_anew()
    {
        Give(Second, start: 5, index: 0, next: 7, isLast: false);
        Tell(new Adopted(Assert.Single(Told<Adopt>()).Token, []));
        Assert.Equal(7, Assert.Single(Sent<HoldingsRequest>(Second)).Index);
        Give(Second, start: 6, index: 7, next: 8, isLast: true);
        Assert.Empty(Told<Adopt>());
        Assert.Equal(0, Assert.Single(Sent<HoldingsRequest>(Second)).Index);
        Give(Second, start: 6, index: 0, next: 8, isLast: true);
        Assert.Single(Told<Adopt>());
    }

    [Fact]
    public void What_is_lost_is_asked_for_again_and_what_comes_twice_counts_once()
    {
        Give(Second, start: 5, index: 0, next: 1, isLast: true);
        Give(Second, start: 5, index: 0, next: 1, isLast: true);
        var token = Assert.Single(Told<Adopt>()).Token;
        _ = Sent<HoldingsRequest>();
        Advance(300);
        Assert.Equal([Third, s_fourth], SentTo);
        Tell(new Adopted(token, []));
        Tell(new Adopted(token, []));
        Tell(new CoverReached(token));
        Assert.Empty(Told<Synced>());
        Assert.Empty(Told<Adopt>());
    }

    [Fact]
    public void Absurd_holdings_are_refused()
    {
        Receive(new Holdings(Second, Round(), 5, 0, 0, 1, 0, true, [new Holding(s_key, Ballot(uint.MaxValue, Second), 0, [])]));
        Receive(new Holdings(Second, Round(), 5, 0, 0, 1, 0, true, [new Holding(s_key, Ballot(1, Second), 4, [new Proposal(new Place(s_key, Ballot(1, Second), 4), Batch("a"))])]));
        Receive(new Holdings(First, Round(), 5, 0, 0, 1, 0, true, []));
        Assert.Equal("2", Status("refused"));
        Assert.Empty(Told<Adopt>());
    }

    private List<ReplicaId> SentTo => [.. new[] { Second, Third, s_fourth }.Where(to => Sent<HoldingsRequest>(to).Count > 0)];

    private long Round() => _round ??= Sent<HoldingsRequest>()[0].Round;

    private void Give(ReplicaId from, ulong start, long index, long next, bool isLast, long truncated = 0) =>
        Receive(new Holdings(from, Round(), start, index, 0, next, 0, isLast, [new Holding(s_key, Ballot(2, Second), truncated, [])]));

    private static ReplicaContext Join(ReplicaContext context) => context with
    {
        Epoch = new Epoch(1, [Second, Third, s_fourth]).ToJoint([First, Second, Third]),
        OldQuorums = QuorumSystem.Majority([Second, Third, s_fourth]),
    };
}
