using Paxi.Actors.Quorums;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// What is decided and not announced to the peers: to those that were asked for a vote the places, which ride on the next round to them; to the others the proposals.
/// </summary>
/// <param name="told">Who was asked.</param>
internal sealed class Announcements(VoteSet told)
{
    private readonly Dictionary<ObjectKey, int> _indexes = [];

    public VoteSet Told { get; } = told;

    public List<Place> Places { get; private set; } = [];

    public List<Proposal> Proposals { get; private set; } = [];

    /// <summary>Of the proposals.</summary>
    public int Bytes { get; private set; }

    public bool IsEmpty => Places.Count == 0 && Proposals.Count == 0;

    /// <param name="proposal">Decided, and so is everything before it.</param>
    /// <param name="toOthers">Whether there are members that were not asked.</param>
    public void Add(Proposal proposal, bool toOthers)
    {
        Add(proposal.Place);
        if (toOthers)
        {
            Proposals.Add(proposal);
            Bytes += proposal.Size;
        }
    }

    public IReadOnlyList<Place> TakePlaces()
    {
        var places = Places;
        Places = [];
        _indexes.Clear();
        return places;
    }

    public IReadOnlyList<Proposal> TakeProposals()
    {
        var proposals = Proposals;
        (Proposals, Bytes) = ([], 0);
        return proposals;
    }

    /// <summary>Only the last place of an object counts.</summary>
    private void Add(Place place)
    {
        if (_indexes.TryGetValue(place.Object, out var index))
        {
            Places[index] = place;
        }
        else
        {
            _indexes.Add(place.Object, Places.Count);
            Places.Add(place);
        }
    }
}
