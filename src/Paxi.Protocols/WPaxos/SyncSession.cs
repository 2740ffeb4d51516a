using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.WPaxos;

/// <summary>The reading of one voter's table: a chunk is asked for, adopted, covered by states, and then the next one. So what is under way is bounded by a chunk of each voter.</summary>
/// <param name="peer">Whose table.</param>
/// <param name="member">Its index among the old voters.</param>
/// <param name="round">Of this start of the asker.</param>
internal sealed class SyncSession(ReplicaContext context, ReplicaId peer, int member, long round)
{
    private ulong? _start;
    private long _index;
    private long _after;
    private Holdings? _chunk;
    private IReadOnlyList<Place> _uncovered = [];

    public int Member => member;

    /// <summary>Of the present chunk; of no other chunk or session of this start.</summary>
    public long Token { get; private set; } = member;

    /// <summary>All of the table is held here.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Asks again for whatever has not come.</summary>
    public void Repeat()
    {
        if (_chunk is null)
        {
            context.Links.Send(peer, new HoldingsRequest(context.Self, round, _index, _after));
        }
        else if (_uncovered.Count > 0)
        {
            context.Role(WPaxosRoles.Learner).Tell(new Cover(Token, peer, _uncovered), context.Role(WPaxosRoles.Sync));
        }
    }

    /// <returns>False when it is not the chunk that was asked for.</returns>
    public bool Take(Holdings holdings)
    {
        if (_chunk is not null || holdings.Index != _index || holdings.After != _after)
        {
            return false;
        }

        if (_start is { } start && start != holdings.Start)
        {
            // The acceptor has started anew since, and lists its objects in another order.
            (_start, _index, _after) = (null, 0, 0);
            if (holdings.Index > 0 || holdings.After > 0)
            {
                Repeat();
                return false;
            }
        }

        (_start, _chunk) = (holdings.Start, holdings);
        Token += VoteSet.MaxMembers;
        AdoptAgain();
        return true;
    }

    /// <summary>Adopts the chunk; a second time that tells which states are missing still.</summary>
    public void AdoptAgain() => context.Role(WPaxosRoles.Acceptor).Tell(new Adopt(Token, _chunk!.Objects), context.Role(WPaxosRoles.Sync));

    public void Take(Adopted adopted)
    {
        _uncovered = adopted.Uncovered;
        if (_uncovered.Count > 0)
        {
            Repeat();
            return;
        }

        // What comes for this chunk from here on comes twice.
        Token += VoteSet.MaxMembers;
        IsDone = _chunk!.IsLast;
        (_index, _after, _chunk) = (_chunk.NextIndex, _chunk.NextAfter, null);
        if (!IsDone)
        {
            Repeat();
        }
    }
}
