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
internal sealed partial class AcceptorActor : UntypedActor, IWithTimers
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
            _promised = Ballot.Max(_promised, entry.Ballot);
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
}
