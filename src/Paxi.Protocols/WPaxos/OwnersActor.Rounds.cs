using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Quorums;

namespace Paxi.Protocols.WPaxos;

/// <content>Phase 2 of all objects: rounds, votes, and what is decided.</content>
internal sealed partial class OwnersActor
{
    private const int MaxRoundBytes = 1 << 20;
    private const int MaxRoundProposals = 1024;
    private const int MaxAnnouncedBytes = 256 << 10;

    private readonly ulong _start;
    private readonly SortedDictionary<long, Round> _rounds = [];
    private readonly List<long> _finished = [];
    private readonly List<(Proposal Proposal, IActorRef Owner)> _offers = [];
    private readonly List<(Proposal Proposal, bool IsOwn)> _chosen = [];
    private readonly List<Announcements> _announcements = [];
    private long _lastRound;
    private long _proposed;

    private void OnOffer(Offer offer)
    {
        if (offer.IsOwn)
        {
            Settle(FindSender(offer.Proposal.Place.Object), offer.Proposal.Batch.Count);
        }

        _offers.Add((offer.Proposal, Sender));
        QueueFlush();
    }

    private void SendRounds()
    {
        for (var from = 0; from < _offers.Count;)
        {
            var bytes = 0;
            var to = from;
            while (to < _offers.Count && to - from < MaxRoundProposals && (to == from || bytes + _offers[to].Proposal.Size <= MaxRoundBytes))
            {
                bytes += _offers[to].Proposal.Size;
                to++;
            }

            SendRound(from, to);
            from = to;
        }

        _offers.Clear();
    }

    private void SendRound(int from, int to)
    {
        var proposals = new Proposal[to - from];
        var owners = new IActorRef[to - from];
        for (var index = from; index < to; index++)
        {
            (proposals[index - from], owners[index - from]) = _offers[index];
        }

        var targets = _neighbours.Targets;
        _lastRound++;
        _proposed += proposals.Length;
        var riding = Find(targets) is { } announcements ? announcements.TakePlaces() : [];
        var round = new Round(new Accepts(_self, _start, _lastRound, proposals, riding), owners, targets, Now);
        _rounds.Add(_lastRound, round);
        foreach (var member in targets)
        {
            _context.Links.Send(_context.Members[member], round.Accepts);
        }
    }

    private void OnAccepted(Accepted accepted)
    {
        if (!IsFromMember(accepted.From) || accepted.Start != _start || !_rounds.TryGetValue(accepted.Round, out var round))
        {
            return;
        }

        if (!round.IsResent)
        {
            _neighbours.Measure(accepted.From, Now - round.SentAt);
        }

        round.Vote(_context.Quorums.IndexOf(accepted.From), accepted.Refused);
        foreach (var refused in accepted.Refused)
        {
            SeeBallot(refused.Object, refused.Promised);
        }

        round.Decide(_context.Quorums, TellDecided);
        if (round.Left == 0)
        {
            _rounds.Remove(accepted.Round);
        }
    }

    private static void TellDecided(Round round, int index)
    {
        var place = round.Accepts.Proposals[index].Place;
        round.Owners[index].Tell(new SlotDecided(place.Ballot, place.Slot, round.Targets), ActorRefs.NoSender);
    }

    /// <summary>To every acceptor that has not voted, also those that were not asked at first.</summary>
    private void SendAgain()
    {
        var now = Now;
        foreach (var (number, round) in _rounds)
        {
            if (now - round.SentAt < _options.RetransmitInterval)
            {
                continue;
            }

            if (!IsAlive(round))
            {
                _finished.Add(number);
                continue;
            }

            (round.SentAt, round.IsResent, round.Targets) = (now, true, _neighbours.All);
            foreach (var member in round.Targets.Except(round.Votes))
            {
                _resent++;
                _context.Links.Send(_context.Members[member], round.Accepts);
            }
        }

        foreach (var number in _finished)
        {
            _rounds.Remove(number);
        }

        _finished.Clear();
    }

    /// <summary>Whether some proposal that is not decided is still wanted: this replica owns its object in the same ballot.</summary>
    private bool IsAlive(Round round)
    {
        for (var index = 0; index < round.Owners.Count; index++)
        {
            var place = round.Accepts.Proposals[index].Place;
            if (!round.IsDecided(index) && _table[place.Object] is { IsOwned: true } row && row.Ballot == place.Ballot)
            {
                return true;
            }
        }

        return false;
    }

    // What is decided.

    private void OnChosen(Chosen chosen)
    {
        _chosen.Add((chosen.Proposal, chosen.IsOwn));
        QueueFlush();
        var announcements = Find(chosen.Told) ?? Add(chosen.Told);
        announcements.Add(chosen.Proposal, toOthers: chosen.Told != _neighbours.All);
        if (announcements.Bytes >= MaxAnnouncedBytes)
        {
            Announce(announcements);
        }
        else if (!Timers.IsTimerActive(AnnounceDue.Instance))
        {
            Timers.StartSingleTimer(AnnounceDue.Instance, AnnounceDue.Instance, _options.AnnounceDelay);
        }
    }

    /// <summary>The own acceptor before the own learner, so that whatever the learner makes of it finds an acceptor that knows.</summary>
    private void TellChosen()
    {
        if (_chosen.Count == 0)
        {
            return;
        }

        var places = new List<Place>(_chosen.Count);
        foreach (var (proposal, _) in _chosen)
        {
            places.Add(proposal.Place);
        }

        _context.Role(WPaxosRoles.Acceptor).Tell(new DecidedHere(places), Self);
        for (var from = 0; from < _chosen.Count;)
        {
            var isOwn = _chosen[from].IsOwn;
            var run = new List<Proposal>();
            for (; from < _chosen.Count && _chosen[from].IsOwn == isOwn; from++)
            {
                run.Add(_chosen[from].Proposal);
            }

            _context.Role(WPaxosRoles.Learner).Tell(new Learn(run, isOwn), Self);
        }

        _chosen.Clear();
    }

    private Announcements? Find(VoteSet told)
    {
        foreach (var announcements in _announcements)
        {
            if (announcements.Told == told)
            {
                return announcements;
            }
        }

        return null;
    }

    private Announcements Add(VoteSet told)
    {
        var added = new Announcements(told);
        _announcements.Add(added);
        return added;
    }

    private void AnnounceAll()
    {
        foreach (var announcements in _announcements)
        {
            Announce(announcements);
        }

        _announcements.Clear();
    }

    private void Announce(Announcements announcements)
    {
        var places = announcements.TakePlaces();
        var proposals = announcements.TakeProposals();
        if (places.Count > 0)
        {
            Send(announcements.Told, new Commits(_self, places));
        }

        for (var from = 0; from < proposals.Count;)
        {
            var bytes = 0;
            var piece = new List<Proposal>();
            for (; from < proposals.Count && (piece.Count == 0 || bytes + proposals[from].Size <= MaxRoundBytes); from++)
            {
                bytes += proposals[from].Size;
                piece.Add(proposals[from]);
            }

            Send(_neighbours.All.Except(announcements.Told), new Decided(_self, piece));
        }
    }

    private void Send(VoteSet members, Actors.Wire.IWireMessage message)
    {
        foreach (var member in members)
        {
            if (_context.Members[member] != _self)
            {
                _context.Links.Send(_context.Members[member], message);
            }
        }
    }

    private sealed record AnnounceDue : INoSerializationVerificationNeeded
    {
        public static readonly AnnounceDue Instance = new();
    }
}
