using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>What a learner keeps until it can be executed.</summary>
public sealed class WaitingProposalsTests
{
    private static readonly ReplicaId s_owner = new(1, 1);
    private readonly WaitingProposals _waiting = new();

    /// <summary>Whoever takes the object over proposes again what may have been decided, with a higher ballot.</summary>
    [Fact]
    public void What_comes_again_is_kept_once_and_the_own_one_stays()
    {
        Assert.True(Add(Make(1, 5, "a"), isOwn: false));
        Assert.True(Add(Make(2, 5, "a") with { Decided = 3 }, isOwn: true));
        Assert.True(Add(Make(3, 5, "a"), isOwn: false));
        Assert.Equal(1, _waiting.Count);
        Assert.True(_waiting.TryPeek(new ObjectKey("x"), out var first));
        Assert.True(first is { IsOwn: true, Proposal.Place.Ballot.Counter: 2 });
    }

    /// <summary>Agreement (Lamport, Paxos Made Simple, 2.1): a slot has one proposal.</summary>
    [Fact]
    public void Another_proposal_for_the_same_slot_is_an_error()
    {
        var id = new TransactionId(1, 2);
        var held = WithShare(Make(1, 6, ""), ShareKind.Release, id);
        Assert.True(Add(Make(1, 5, "a")));
        Assert.True(Add(held));
        Assert.True(Add(held with { Batch = new Batch(1, held.Batch.Payload.ToArray()) }));
        var error = Assert.Throws<InvalidOperationException>(() => Add(Make(2, 5, "b")));
        Assert.Equal("slot 5 of object x is decided twice and differently, in ballots 1.1.1 and 2.1.1", error.Message);
        Assert.Throws<InvalidOperationException>(() => Add(WithShare(Make(1, 5, "a"), ShareKind.Release, id)));
        Assert.Throws<InvalidOperationException>(() => Add(WithShare(held, ShareKind.Abandon, id)));
        Assert.Throws<InvalidOperationException>(() => Add(WithShare(held, ShareKind.Release, id with { Number = 3 })));
        Assert.Equal(2, _waiting.Count);
    }

    private bool Add(Proposal proposal, bool isOwn = false) => _waiting.TryAdd(proposal.Place, proposal, isOwn);

    private static Proposal WithShare(Proposal proposal, ShareKind kind, TransactionId id) => proposal with { Share = new Share(kind, id, [proposal.Place], Batch.NoOp, []) };

    private static Proposal Make(uint counter, long slot, string content) =>
        new(new Place(new ObjectKey("x"), new Ballot(counter, s_owner), slot), BatchWriter.Block(1, 1, [(1, System.Text.Encoding.UTF8.GetBytes(content))]));
}
