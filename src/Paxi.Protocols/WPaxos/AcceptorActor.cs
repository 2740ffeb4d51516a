using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Promises and votes, by object. Both are in memory at once, so that what comes later is judged by them, and durable before they are answered; the journal answers in order, so the
/// answers leave in order. It hands what is decided to the learner.
/// </summary>
internal sealed partial class AcceptorActor : UntypedActor, IWithTimers
{
    /// <summary>A chunk of a promise ends with the vote that takes it past this.</summary>
    public const int ChunkBytes = 512 * 1024;

    /// <summary>Votes above the decided slots of one object: far more than its pipeline can open, so what is above is absurd, or we lag far behind.</summary>
    public const int LargestLead = 1 << 14;

    /// <summary>Votes of all objects that no durable state covers, in multiples of what makes a checkpoint due. Past it there are no new ones.</summary>
    private const int LargestBacklog = 8;

    /// <summary>Objects that the owners are told to settle at a time.</summary>
    private const int MaxUnsettled = 64;

    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly ReplicaId _self;
    private readonly AcceptorTable _table = new();
    private readonly Queue<Watched> _watched = new();
    private readonly Random _random;
    private readonly ulong _start;
    private readonly bool _isObserved;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _unwritten;
    private long _rejected;
    private long _refused;

    public AcceptorActor(ReplicaContext context, WPaxosOptions options)
    {
        (_context, _options, _self) = (context, options, context.Self);
        _random = context.Random(WPaxosRoles.Acceptor);
        _start = unchecked((ulong)context.Random($"{WPaxosRoles.Acceptor}-start").NextInt64());
        _isObserved = context.Observer.Watches;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, WPaxosOptions options) =>
        Akka.Actor.Props.Create(() => new AcceptorActor(context, options));

    protected override void PreStart()
    {
        foreach (var (place, _) in WPaxosJournal.ReadStates(_context.Store))
        {
            ref var row = ref _table.Row(place.Object);
            row.See(place.Ballot);
            (row.Decided, row.Truncated) = (place.Slot, place.Slot);
        }

        foreach (var (key, ballot) in WPaxosJournal.ReadPromises(_context.Store))
        {
            ref var row = ref _table.Row(key);
            if (ballot >= row.Ballot)
            {
                row.Promise(ballot);
            }
        }

        // What a checkpoint covers is left over from a crash between the two.
        var leftOver = new List<JournalWrite>();
        foreach (var (place, proposal) in WPaxosJournal.ReadVotes(_context.Store))
        {
            ref var row = ref _table.Row(place.Object);
            if (place.Slot <= row.Decided)
            {
                leftOver.Add(WPaxosJournal.DeleteVote(place.Object, place.Slot));
                continue;
            }

            if (place.Ballot > row.Ballot)
            {
                row.Promise(place.Ballot);
            }

            _table.Put(ref row, place, proposal);
            Watch(ref row, place.Object);
        }

        if (leftOver.Count > 0)
        {
            Persist(leftOver, this);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accepts accepts:
                OnAccepts(accepts);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Token);
                break;
            case DecidedHere decided:
                OnDecidedHere(decided.Places);
                break;
            case Commits commits when IsMember(commits.From):
                Advance(commits.From, commits.Places);
                break;
            case Decided decided when IsMember(decided.From):
                OnDecided(decided);
                break;
            case Prepare prepare:
                OnPrepare(prepare);
                break;
            case ObjectQuery query:
                var known = _table.Find(query.Object);
                Sender.Tell(new ObjectKnown(query.Object, known.Ballot, known.Decided));
                break;
            case OrphansQuery query:
                Sender.Tell(FindOrphans(query.Index));
                break;
            case Checkpointed checkpointed:
                OnCheckpointed(checkpointed.Places);
                break;
            case Restored restored:
                OnRestored(restored.Places);
                break;
            case HoldingsRequest request:
                OnHoldingsRequest(request);
                break;
            case Adopt adopt:
                OnAdopt(adopt);
                break;
            case Look:
                LookAfter();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case RolesStarted:
                break;
            case Commits or Decided:
                _refused++;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // Phase 2.

    private void OnAccepts(Accepts accepts)
    {
        if (!IsMember(accepts.From) || accepts.Proposals.Count == 0 || !AreSane(accepts))
        {
            _refused++;
            return;
        }

        var writes = new List<JournalWrite>(accepts.Proposals.Count);
        List<Refused>? refused = null;
        var answers = true;
        for (var index = 0; index < accepts.Proposals.Count; index++)
        {
            var proposal = accepts.Proposals[index];
            ref var row = ref _table.Row(proposal.Place.Object);
            if (row.Ballot > proposal.Place.Ballot)
            {
                _rejected++;
                (refused ??= []).Add(new Refused(index, proposal.Place.Object, row.Ballot));
            }
            else
            {
                answers &= TryVote(ref row, accepts.From, proposal, writes);
            }
        }

        // A proposer that breaks the rules gets no answer, but what was voted for is written like any vote.
        Persist(writes, answers ? new Voted(accepts, refused ?? []) : this);
        if (accepts.Decided.Count > 0)
        {
            Advance(accepts.From, accepts.Decided);
        }
    }

    private static bool AreSane(Accepts accepts)
    {
        foreach (var proposal in accepts.Proposals)
        {
            if (!Sanity.IsProposal(proposal, accepts.From))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Votes; false when there is no vote because it must not be, or cannot.</summary>
    private bool TryVote(ref AcceptorRow row, ReplicaId from, Proposal proposal, List<JournalWrite> writes)
    {
        var place = proposal.Place;
        var hasVoted = row.TryGetVote(place.Slot, out var vote);
        var isVoteAgain = hasVoted && vote.Ballot == place.Ballot;
        if (isVoteAgain && !IsSame(vote.Proposal, proposal))
        {
            _log.Error("refused: {0} sent two different proposals for slot {1} of object {2} in ballot {3}", from, place.Slot, place.Object, place.Ballot);
            _refused++;
            return false;
        }

        if (!hasVoted && place.Slot > row.Truncated && !HasRoom(in row))
        {
            _refused++;
            return false;
        }

        if (isVoteAgain && row.IsPromised)
        {
            // Sent again. The vote may be on its way to the disk still; the answer goes the same way.
            return true;
        }

        if (place.Ballot > row.Ballot || !row.IsPromised)
        {
            writes.Add(WPaxosJournal.Promised(place.Object, place.Ballot));
            Raise(ref row, place.Object, place.Ballot, isPromise: true);
        }

        if (place.Slot > row.Truncated)
        {
            writes.Add(WPaxosJournal.Vote(proposal));
            _table.Put(ref row, place, _table.Rename(proposal));
            Watch(ref row, place.Object);
        }

        // Else it was decided long ago, which the proposer does not know: this is what was decided, or will not be. The durable state stands for the vote, and every promise tells of it.
        return true;
    }

    /// <summary>Whether there may be a vote more.</summary>
    private bool HasRoom(in AcceptorRow row)
    {
        var isFar = row.Votes is { Count: >= LargestLead } votes && votes.Count - votes.CountUpTo(row.Decided) >= LargestLead;
        return !isFar && _table.Bytes < LargestBacklog * _options.SnapshotEveryBytes;
    }

    private static bool IsSame(Proposal one, Proposal other) => one.Place == other.Place && one.HasContentOf(other);

    private void Raise(ref AcceptorRow row, ObjectKey key, Ballot ballot, bool isPromise)
    {
        var isNews = ballot > row.Ballot;
        if (isPromise)
        {
            row.Promise(ballot);
        }
        else if (isNews)
        {
            row.See(ballot);
        }

        if (isNews && ballot.Owner != _self)
        {
            _context.Role(WPaxosRoles.Owners).Tell(new BallotSeen(key, ballot), Self);
        }
    }

    private void Persist(IReadOnlyList<JournalWrite> writes, object token)
    {
        _unwritten++;
        _context.Journal.Tell(new Persist(writes, token), Self);
    }

    private void OnPersisted(object token)
    {
        _unwritten--;
        switch (token)
        {
            case Voted(var accepts, var refused):
                ObserveVotes(accepts, refused);
                _context.Links.Send(accepts.From, new Accepted(_self, accepts.Start, accepts.Round, refused));
                break;
            case Prepare prepare:
                if (_isObserved)
                {
                    _context.Observer.Promised(_self, _context.Observer.LogOf(prepare.Object), prepare.Ballot);
                }

                Promise(prepare);
                break;
            case Adopted adopted:
                _context.Role(WPaxosRoles.Sync).Tell(adopted, Self);
                break;
            default:
                break;
        }
    }

    private void ObserveVotes(Accepts accepts, IReadOnlyList<Refused> refused)
    {
        var next = 0;
        for (var index = 0; _isObserved && index < accepts.Proposals.Count; index++)
        {
            if (next < refused.Count && refused[next].Index == index)
            {
                next++;
                continue;
            }

            var (place, batch) = (accepts.Proposals[index].Place, accepts.Proposals[index].Batch);
            _context.Observer.Accepted(_self, _context.Observer.LogOf(place.Object), place.Slot, place.Ballot, batch);
        }
    }

    private bool IsMember(ReplicaId from) => _context.Quorums.IndexOf(from) >= 0;

    private RoleStatus Status() => new(WPaxosRoles.Acceptor,
    [
        new("objects", _table.Objects.ToString(CultureInfo.InvariantCulture)),
        new("votes", _table.Votes.ToString(CultureInfo.InvariantCulture)),
        new("vote_bytes", _table.Bytes.ToString(CultureInfo.InvariantCulture)),
        new("watched", _watched.Count.ToString(CultureInfo.InvariantCulture)),
        new("unwritten", _unwritten.ToString(CultureInfo.InvariantCulture)),
        new("rejected", _rejected.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    /// <summary>A round on its way to the disk.</summary>
    private sealed record Voted(Accepts Accepts, IReadOnlyList<Refused> Refused);

    /// <summary>Whoever is in this state at that time is left alone by its proposer.</summary>
    private readonly record struct Watched(ObjectKey Object, long Decided, Ballot Ballot, TimeSpan Until);

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
