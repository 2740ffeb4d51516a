using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Promises and votes. Both are in memory at once, so that what comes later is judged by them, and durable before they are answered; the journal answers in order, so the
/// answers leave in order. It keeps the replica's log: its votes, and after a catch-up what was decided without its vote. It hands what is decided to the learner.
/// </summary>
internal sealed class AcceptorActor : UntypedActor, IWithTimers
{
    /// <summary>A chunk of a promise or of a catch-up ends with the entry that takes it past this.</summary>
    public const int ChunkBytes = 512 * 1024;

    /// <summary>No election comes near this counter; a ballot above is absurd, and taking it would leave no room above it.</summary>
    public const uint LargestCounter = 0xF000_0000;

    private const string LeaseTimer = "lease";

    private readonly ReplicaContext _context;
    private readonly PaxosOptions _options;
    private readonly RoleCounter _refused;
    private readonly RoleCounter _rejected;
    private readonly ReplicaId _self;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private AcceptorLog _votes = null!;
    private Ballot _promised;
    private Ballot _heard;
    private Ballot _freshBallot;
    private long _fresh;
    private ReplicaId? _grantee;
    private TimeSpan _grantedUntil;
    private Prepare? _deferred;
    private bool _isNew;
    private long _unwritten;

    public AcceptorActor(ReplicaContext context, PaxosOptions options)
    {
        (_context, _options, _self) = (context, options, context.Self);
        _refused = new RoleCounter(PaxosMetrics.Refused, context.Self);
        _rejected = new RoleCounter(PaxosMetrics.Rejected, context.Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, PaxosOptions options) =>
        Akka.Actor.Props.Create(() => new AcceptorActor(context, options));

    protected override void PreStart()
    {
        var recovery = PaxosJournal.ReadAcceptor(_context.Store);
        _votes = new AcceptorLog(recovery);
        _promised = recovery.Promised;
        foreach (var entry in recovery.Entries)
        {
            _promised = entry.Ballot > _promised ? entry.Ballot : _promised;
        }

        _isNew = _promised.IsZero && recovery.Entries.Count == 0 && recovery.Snapshot == 0;
        if (!_isNew && _options.HasLeases)
        {
            // Grants are not written down: it may have granted a lease just before it went down.
            (_grantee, _grantedUntil) = (null, Now + _options.LeaseDuration);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accept accept:
                OnAccept(accept);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Token);
                break;
            case Commit commit:
                OnCommit(commit);
                break;
            case Prepare prepare:
                OnPrepare(prepare);
                break;
            case HeartbeatHeard heard:
                OnHeartbeat(heard);
                break;
            case ReadQuery query when IsMember(query.From):
                _context.Links.Send(query.From, new ReadAnswer(_self, query.Round, HighestLiveVote()));
                break;
            case CatchUp catchUp:
                OnCatchUp(catchUp);
                break;
            case SyncQuery query:
                _context.Links.Send(query.From, new SyncAnswer(_self, query.Round, HighestLiveVote(), _promised));
                break;
            case DurableQuery query when _votes.Decided >= query.Slot:
                OnDurableQuery(query);
                break;
            case Learned learned:
                OnLearned(learned);
                break;
            case SnapshotDurable snapshot:
                OnSnapshot(snapshot.Slot);
                break;
            case LeaseEnded:
                Undefer();
                break;
            case RolesStarted:
                OnStarted();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case DurableQuery:
                break;
            case ReadQuery:
                _refused.Add();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnDurableQuery(DurableQuery query)
    {
        // Behind all that was written before.
        var raises = query.Promised > _promised;
        Persist(raises ? [PaxosJournal.Promised(query.Promised)] : [], new DurableTo(query.Slot));
        if (raises)
        {
            Raise(query.Promised);
        }
    }

    private void OnStarted()
    {
        // What the journal knows to be decided beyond the snapshot that the learner has read.
        var entries = _votes.Read(_votes.Truncated + 1, _votes.Decided, int.MaxValue);
        foreach (var entry in entries)
        {
            Hand(entry);
        }

        _context.Role(PaxosRoles.Leader).Tell(new AcceptorReady(_promised, _isNew), Self);
    }

    // Phase 2.

    private void OnAccept(Accept accept)
    {
        if (!IsSane(accept.From, accept.Ballot) || accept.Slot < 1)
        {
            _refused.Add();
            return;
        }

        if (accept.Ballot < _promised)
        {
            Reject(accept.From, accept.Ballot);
            return;
        }

        Advance(accept.Ballot, accept.Commit, accept.From);
        if (accept.Slot <= _votes.Truncated || IsOverruled(accept))
        {
            // Decided, and the leader does not know; it must catch up.
            TellDecided(accept.From);
        }
        else if (!_votes.CanHold(accept.Slot))
        {
            _refused.Add();
            _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(accept.Commit, accept.From), Self);
        }
        else
        {
            Vote(accept);
        }
    }

    /// <summary>
    /// What stands there was learned in a higher ballot than any promised here. It is decided, and the accept may be for a command that lost: it must not replace what others are told and a restart executes.
    /// </summary>
    private bool IsOverruled(Accept accept) => _votes.TryGet(accept.Slot, out var learned) && learned.Ballot > accept.Ballot;

    private void Vote(Accept accept)
    {
        var raises = accept.Ballot > _promised;
        if (_votes.TryGet(accept.Slot, out var vote) && vote.Ballot == accept.Ballot && !(raises && vote.Batch.ContentEquals(accept.Batch)))
        {
            VoteAgain(accept, vote);
            return;
        }

        // In a ballot that raises, the slot may have been learned before; the vote for it is a promise all the same, and written as one.
        _votes.Put(accept.Slot, accept.Ballot, accept.Batch);
        var write = PaxosJournal.Vote(accept.Slot, accept.Ballot, _votes.Decided, accept.Batch);
        Persist(raises ? [PaxosJournal.Promised(accept.Ballot), write] : [write], accept);
        if (raises)
        {
            Raise(accept.Ballot);
        }

        // The watermark may have waited for this vote.
        Advance(accept.Ballot, accept.Commit, accept.From);
    }

    /// <summary>A copy: its vote is answered again when it is durable, and else will be. A slow disk gets no second write.</summary>
    private void VoteAgain(Accept accept, LogEntry vote)
    {
        if (!vote.Batch.ContentEquals(accept.Batch))
        {
            _refused.Add();
            _log.Error("refused: {0} sent two different batches for slot {1} in ballot {2}", accept.From, accept.Slot, accept.Ballot);
        }
        else if (_votes.IsDurable(accept.Slot))
        {
            Answer(accept);
        }
    }

    private void Answer(Accept accept)
    {
        _context.Observer.Accepted(_self, "", accept.Slot, accept.Ballot, accept.Batch);
        _context.Links.Send(accept.From, new Accepted(_self, accept.Ballot, accept.Slot));
    }

    private void Persist(JournalWrite[] writes, object token)
    {
        _unwritten++;
        _context.Journal.Tell(new Persist(writes, token), Self);
    }

    private void OnPersisted(object token)
    {
        _unwritten--;
        switch (token)
        {
            case Accept accept:
                _votes.MarkDurable(accept.Slot, accept.Ballot);
                Answer(accept);
                break;
            case List<LogEntry> learned:
                learned.ForEach(entry => _votes.MarkDurable(entry.Slot, entry.Ballot));
                break;
            case Prepare prepare:
                _context.Observer.Promised(_self, "", prepare.Ballot);
                Promise(prepare);
                break;
            case DurableTo durable:
                _context.Role(PaxosRoles.Sync).Tell(durable, Self);
                break;
            default:
                break;
        }
    }

    private void OnCommit(Commit commit)
    {
        if (!IsSane(commit.From, commit.Ballot) || commit.Slot < 0)
        {
            _refused.Add();
            return;
        }

        if (commit.Ballot >= _freshBallot)
        {
            (_freshBallot, _fresh) = (commit.Ballot, commit.Fresh);
        }

        Advance(commit.Ballot, commit.Slot, commit.From);
    }

    /// <summary>
    /// Every slot up to <paramref name="commit"/> is decided, says the leader of the ballot. It has one batch for a slot, so a vote in this very ballot is for the decided
    /// command; a vote of another ballot may be for one that lost.
    /// </summary>
    private void Advance(Ballot ballot, long commit, ReplicaId from)
    {
        while (_votes.Decided < commit && _votes.TryGet(_votes.Decided + 1, out var entry) && entry.Ballot == ballot)
        {
            _votes.AdvanceDecided();
            if (ballot.Owner != _self)
            {
                Hand(entry);
            }
        }

        if (_votes.Decided < commit && from != _self)
        {
            _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(commit, from), Self);
        }
    }

    private void Hand(LogEntry entry) =>
        _context.Role(PaxosRoles.Learner).Tell(new Learn(entry.Slot, entry.Ballot, entry.Batch, IsOwn: false), Self);

    // Phase 1.

    private void OnPrepare(Prepare prepare)
    {
        if (!IsSane(prepare.From, prepare.Ballot) || prepare.FirstSlot < 1)
        {
            _refused.Add();
        }
        else if (prepare.Ballot < _promised || prepare.Ballot < _heard)
        {
            Reject(prepare.From, prepare.Ballot);
        }
        else if (prepare.Ballot == _promised)
        {
            // Asked again, or for the next chunk; the promise may be on its way to the disk, and the answer must not overtake it.
            Persist([], prepare);
        }
        else if (Now < _grantedUntil && prepare.From != _grantee)
        {
            Defer(prepare);
        }
        else
        {
            Persist([PaxosJournal.Promised(prepare.Ballot)], prepare);
            Raise(prepare.Ballot);
        }
    }

    private void Raise(Ballot ballot)
    {
        _promised = ballot;
        if (ballot.Owner != _self)
        {
            _context.Role(PaxosRoles.Leader).Tell(new BallotRaised(ballot), Self);
        }
    }

    private void Promise(Prepare prepare)
    {
        if (prepare.Ballot < _promised)
        {
            Reject(prepare.From, prepare.Ballot);
            return;
        }

        var entries = _votes.Read(prepare.FirstSlot, long.MaxValue, ChunkBytes);
        var isLast = entries.Count == 0 || entries[^1].Slot >= _votes.Last;
        _context.Links.Send(prepare.From, new Promise(
            _self, prepare.Ballot, prepare.FirstSlot, isLast, _votes.Truncated, _votes.Decided, entries));
    }

    private void Reject(ReplicaId to, Ballot ballot)
    {
        _rejected.Add();
        _context.Links.Send(to, new Reject(_self, ballot, _promised > _heard ? _promised : _heard));
    }

    /// <summary>A lease is out; the highest ballot that asks meanwhile is answered when it ends.</summary>
    private void Defer(Prepare prepare)
    {
        if (_deferred is null || prepare.Ballot >= _deferred.Ballot)
        {
            _deferred = prepare;
        }

        Timers.StartSingleTimer(LeaseTimer, LeaseEnded.Instance, _grantedUntil - Now);
    }

    private void Undefer()
    {
        if (_deferred is { } prepare)
        {
            _deferred = null;
            OnPrepare(prepare);
        }
    }

    // Leases.

    private void OnHeartbeat(HeartbeatHeard heard)
    {
        if (!IsSane(heard.From, heard.Ballot))
        {
            _refused.Add();
            return;
        }

        if (heard.Ballot < _promised || heard.Ballot < _heard)
        {
            Reject(heard.From, heard.Ballot);
            return;
        }

        // A leader of a higher ballot won against every lease before it, so its grant may replace one that runs still.
        _heard = heard.Ballot;
        if (_options.HasLeases)
        {
            (_grantee, _grantedUntil) = (heard.From, Now + _options.LeaseDuration);
        }

        _context.Role(KernelRoles.Detector).Tell(new Acknowledge(heard.From, heard.Ballot, heard.Number), Self);
    }

    // Reads.

    /// <summary>
    /// The highest slot that may be decided by a quorum with this acceptor. What it voted for in lower ballots at or above the first fresh slot of the present leader was
    /// not decided when that leader's phase 1 ended, and cannot be any more.
    /// </summary>
    private long HighestLiveVote()
    {
        var highest = _votes.Last;
        while (highest > _votes.Decided && highest >= _fresh && (!_votes.TryGet(highest, out var vote) || vote.Ballot < _freshBallot))
        {
            highest--;
        }

        return highest;
    }

    // Catch-up.

    private void OnCatchUp(CatchUp catchUp)
    {
        if (catchUp.FirstSlot < 1)
        {
            _refused.Add();
            return;
        }

        var entries = catchUp.FirstSlot > _votes.Truncated ? _votes.Read(catchUp.FirstSlot, _votes.Decided, ChunkBytes) : [];
        _context.Links.Send(catchUp.From, new CatchUpEntries(_self, _votes.Truncated, _votes.Decided, entries));
    }

    private void TellDecided(ReplicaId to) =>
        _context.Links.Send(to, new CatchUpEntries(_self, _votes.Truncated, _votes.Decided, []));

    private void OnLearned(Learned learned)
    {
        var writes = new List<JournalWrite>();
        var kept = new List<LogEntry>();
        foreach (var entry in learned.Entries)
        {
            if (entry.Slot != _votes.Decided + 1 || !_votes.CanHold(entry.Slot))
            {
                continue;
            }

            // The value is decided; of its ballots the highest may stand here, since every ballot from the deciding one on has this value.
            var ballot = _votes.TryGet(entry.Slot, out var vote) && vote.Ballot > entry.Ballot ? vote.Ballot : entry.Ballot;
            _votes.Put(entry.Slot, ballot, entry.Batch);
            _votes.AdvanceDecided();
            writes.Add(PaxosJournal.Vote(entry.Slot, ballot, _votes.Decided, entry.Batch));
            kept.Add(entry with { Ballot = ballot });
        }

        if (writes.Count > 0)
        {
            Persist([.. writes], kept);
        }
    }

    private void OnSnapshot(long slot)
    {
        var until = _votes.Decided < slot ? slot : _votes.Retain(slot, _options.RetainSlots, _options.RetainBytes);
        if (until > _votes.Truncated)
        {
            _votes.DropTo(until);
            Persist(PaxosJournal.Truncate(until), this);
        }
    }

    private bool IsMember(ReplicaId id) => _context.Quorums.IndexOf(id) >= 0;

    private bool IsSane(ReplicaId from, Ballot ballot) => ballot.Owner == from && IsMember(from) && ballot.Counter is > 0 and < LargestCounter;

    private RoleStatus Status() => new(PaxosRoles.Acceptor,
    [
        new("promised", _promised.ToString()),
        new("decided", _votes.Decided.ToString(CultureInfo.InvariantCulture)),
        new("last", _votes.Last.ToString(CultureInfo.InvariantCulture)),
        new("truncated", _votes.Truncated.ToString(CultureInfo.InvariantCulture)),
        new("log_bytes", _votes.Bytes.ToString(CultureInfo.InvariantCulture)),
        new("unwritten", _unwritten.ToString(CultureInfo.InvariantCulture)),
        new("rejected", _rejected.ToString()),
        new("refused", _refused.ToString()),
    ]);

    private sealed record LeaseEnded : INoSerializationVerificationNeeded
    {
        public static readonly LeaseEnded Instance = new();
    }
}
