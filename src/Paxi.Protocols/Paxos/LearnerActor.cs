using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Executes the decided slots in their order, keeps snapshots, answers reads from the state, and fetches from other replicas what it lacks. What is decided here is
/// executed at once, so one number tells both.
/// </summary>
internal sealed class LearnerActor : UntypedActor, IWithTimers
{
    /// <summary>Reads that may wait for their slot.</summary>
    private const int MaxPendingReads = 16_384;

    private const string ReadTimer = "reads";

    private readonly ReplicaContext _context;
    private readonly PaxosOptions _options;
    private readonly RoleCounter _commands;
    private readonly RoleCounter _refused;
    private readonly ReplicatedState _state;
    private readonly SnapshotKeeper _snapshots;
    private readonly CatchUpSession _catchUp;
    private readonly PriorityQueue<ReadAt, (long Slot, long Number)> _reads = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _executed;
    private Ballot _ballot;
    private long _bytesSinceSnapshot;
    private long _readNumber;

    public LearnerActor(ReplicaContext context, PaxosOptions options)
    {
        (_context, _options) = (context, options);
        _commands = new RoleCounter(PaxosMetrics.Executed, context.Self);
        _refused = new RoleCounter(PaxosMetrics.Refused, context.Self);
        _state = context.ReplicatedState(context.StateMachine(), options.Sessions);
        _snapshots = new SnapshotKeeper(context, options);
        _catchUp = new CatchUpSession(context);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, PaxosOptions options) =>
        Akka.Actor.Props.Create(() => new LearnerActor(context, options));

    protected override void PreStart()
    {
        if (PaxosJournal.ReadSnapshot(_context.Store) is var (header, bytes))
        {
            try
            {
                _state.Restore(bytes);
            }
            catch (WireFormatException damage)
            {
                throw new JournalException($"the snapshot of slot {header.Slot} in the journal cannot be read: {damage.Message}", damage);
            }

            _snapshots.Keep(header, bytes);
            Restored(header);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Learn learn:
                OnLearn(learn);
                break;
            case ReadAt read:
                OnRead(read);
                break;
            case CommitSeen seen:
                Want(seen.Slot, seen.Peer);
                break;
            case LearnerQuery:
                Sender.Tell(new LearnedTo(_executed), Self);
                break;
            case CatchUpEntries entries when IsMember(entries.From):
                OnEntries(entries);
                break;
            case SnapshotChunk chunk when IsMember(chunk.From):
                OnChunk(chunk);
                break;
            case SnapshotRequest request:
                _snapshots.Answer(request);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Token);
                break;
            case CatchUpTimeout:
                OnCatchUpTimeout();
                break;
            case ReadTimeout:
                ExpireReads();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case RolesStarted:
                break;
            case CatchUpEntries or SnapshotChunk:
                _refused.Add();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private bool IsMember(ReplicaId id) => _context.Quorums.IndexOf(id) >= 0;

    // Execution.

    private void OnLearn(Learn learn)
    {
        if (learn.Slot == _executed + 1 && !_snapshots.IsInstalling)
        {
            Execute(new LogEntry(learn.Slot, learn.Ballot, learn.Batch), learn.IsOwn);
            AnswerReads();
        }
        else if (learn.Slot > _executed)
        {
            Want(learn.Slot, learn.Ballot.Owner);
        }
    }

    private void Execute(LogEntry entry, bool isOwn)
    {
        _context.Observer.Decided(_context.Self, "", entry.Slot, entry.Batch);
        var results = _state.Execute(entry.Batch, isOwn);
        (_executed, _ballot) = (entry.Slot, entry.Ballot);
        _commands.Add(entry.Batch.Count);
        _bytesSinceSnapshot += entry.Size;
        _context.Observer.Executed(_context.Self, "", entry.Slot, entry.Batch);
        if (isOwn && results.Count > 0)
        {
            _context.Role(KernelRoles.Gateway).Tell(new Executed(entry.Slot, entry.Ballot, _executed, results), Self);
        }

        if ((entry.Slot - _snapshots.LastSlot >= _options.SnapshotEverySlots || _bytesSinceSnapshot >= _options.SnapshotEveryBytes)
            && !_snapshots.IsWriting)
        {
            _bytesSinceSnapshot = 0;
            _snapshots.Write(_executed, _ballot, _state.Snapshot(), isInstall: false, Self);
        }
    }

    private void OnPersisted(object token)
    {
        var wasInstalling = _snapshots.IsInstalling;
        if (_snapshots.OnPersisted(token, Self) is not { } durable)
        {
            return;
        }

        _context.Role(PaxosRoles.Acceptor).Tell(new SnapshotDurable(durable), Self);
        if (wasInstalling)
        {
            TellLearned();
            Ask();
        }
    }

    // Reads.

    private void OnRead(ReadAt read)
    {
        if (read.Slot <= _executed)
        {
            Answer(read);
        }
        else if (_reads.Count >= MaxPendingReads)
        {
            Refuse(read);
        }
        else
        {
            _reads.Enqueue(read, (read.Slot, ++_readNumber));
            if (!Timers.IsTimerActive(ReadTimer))
            {
                Timers.StartSingleTimer(ReadTimer, ReadTimeout.Instance, _options.RetransmitInterval);
            }
        }
    }

    private void AnswerReads()
    {
        while (_reads.TryPeek(out var read, out _) && read.Slot <= _executed)
        {
            Answer(_reads.Dequeue());
        }
    }

    private void Answer(ReadAt read)
    {
        var results = _state.Read(read.Batch);
        _context.Role(KernelRoles.Gateway).Tell(new Executed(_executed, _ballot, _executed, results), Self);
    }

    private void Refuse(ReadAt read) =>
        _context.Role(KernelRoles.Gateway).Tell(new ReadsRefused(read.Batch, RefusalReason.Overloaded, null), Self);

    private void ExpireReads()
    {
        var now = Now;
        var waiting = new List<(ReadAt Read, (long Slot, long Number) Order)>();
        while (_reads.TryDequeue(out var read, out var order))
        {
            if (read.Deadline > now)
            {
                waiting.Add((read, order));
            }
            else
            {
                Refuse(read);
            }
        }

        foreach (var (read, order) in waiting)
        {
            _reads.Enqueue(read, order);
        }

        if (waiting.Count > 0)
        {
            Timers.StartSingleTimer(ReadTimer, ReadTimeout.Instance, _options.RetransmitInterval);
        }
    }

    // Catch-up.

    /// <summary>Slots up to this one are decided, and what was decided must be asked for.</summary>
    private void Want(long slot, ReplicaId peer)
    {
        if (slot > _executed && _catchUp.Want(slot, peer) && !_snapshots.IsInstalling)
        {
            Ask();
        }
    }

    /// <summary>Asks for what comes next, if something is missing; nothing else is under way.</summary>
    private void Ask()
    {
        if (_catchUp.Ask(_executed))
        {
            Timers.StartSingleTimer(CatchUpTimeout.Instance, CatchUpTimeout.Instance, _options.RetransmitInterval);
        }
        else
        {
            Timers.Cancel(CatchUpTimeout.Instance);
        }
    }

    private void OnEntries(CatchUpEntries entries)
    {
        if (_snapshots.IsInstalling || entries.Decided < 0 || entries.Truncated < 0)
        {
            return;
        }

        var learned = new List<LogEntry>();
        foreach (var entry in entries.Entries)
        {
            if (entry.Slot == _executed + 1 && entry.Slot <= entries.Decided)
            {
                learned.Add(entry);
                Execute(entry, isOwn: false);
            }
        }

        if (learned.Count > 0)
        {
            _context.Role(PaxosRoles.Acceptor).Tell(new Learned(learned), Self);
            AnswerReads();
        }

        if (_catchUp.OnEntries(entries, _executed, learned.Count > 0))
        {
            Ask();
        }

        if (!_catchUp.IsActive && (learned.Count > 0 || entries.Entries.Count == 0))
        {
            // Also when nothing is missing here: an acceptor says so to a leader that proposes what it has cut off, and that leader does not know what its own learner knows when that was
            // learned from the watermark of the leader before.
            TellLearned();
        }
    }

    private void OnChunk(SnapshotChunk chunk)
    {
        if (_snapshots.IsInstalling || chunk.Slot <= _executed)
        {
            return;
        }

        switch (_catchUp.OnChunk(chunk))
        {
            case ChunkOutcome.Complete:
                Install(_catchUp.TakeSnapshot());
                break;
            case ChunkOutcome.Continue:
                Ask();
                break;
            case ChunkOutcome.Refused:
                _refused.Add();
                break;
            default:
                break;
        }
    }

    private void Install((SnapshotHeader Header, ReadOnlyMemory<byte> Bytes) snapshot)
    {
        try
        {
            _state.Restore(snapshot.Bytes);
        }
        catch (WireFormatException damage)
        {
            _refused.Add();
            _log.Error("refused a snapshot of slot {0}: {1}", snapshot.Header.Slot, damage.Message);
            Ask();
            return;
        }

        Restored(snapshot.Header);
        Timers.Cancel(CatchUpTimeout.Instance);
        _snapshots.Write(snapshot.Header.Slot, snapshot.Header.Ballot, snapshot.Bytes, isInstall: true, Self);
        AnswerReads();
    }

    private void Restored(SnapshotHeader header)
    {
        (_executed, _ballot) = (header.Slot, header.Ballot);
        _bytesSinceSnapshot = 0;
        _context.Observer.Restored(_context.Self, "", header.Slot);
    }

    private void OnCatchUpTimeout()
    {
        _catchUp.OnTimeout();
        Ask();
    }

    private void TellLearned() => _context.Role(PaxosRoles.Leader).Tell(new LearnedTo(_executed), Self);

    private RoleStatus Status() => new(PaxosRoles.Learner,
    [
        new("executed", _executed.ToString(CultureInfo.InvariantCulture)),
        new("ballot", _ballot.ToString()),
        new("commands", _commands.ToString()),
        new("snapshot", _snapshots.DurableSlot.ToString(CultureInfo.InvariantCulture)),
        new("catch_up", _catchUp.State),
        new("reads_waiting", _reads.Count.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString()),
    ]);

    private sealed record CatchUpTimeout : INoSerializationVerificationNeeded
    {
        public static readonly CatchUpTimeout Instance = new();
    }

    private sealed record ReadTimeout : INoSerializationVerificationNeeded
    {
        public static readonly ReadTimeout Instance = new();
    }
}
