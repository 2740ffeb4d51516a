using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.Journal;

/// <summary>
/// Group commit. One commit is in flight at a time; whatever arrives meanwhile goes together into the next one, so that a lone request waits for nobody
/// and a crowd shares a sync. Answers each <see cref="Persist"/> with <see cref="Persisted"/>, in order, once its writes are durable. After the
/// first fault it tells the replica <see cref="JournalFailed"/> once and never answers again. What waits is bounded by the windows of the roles.
/// </summary>
public sealed class JournalActor : UntypedActor
{
    /// <summary>The size of keys and values at which a commit takes no further request.</summary>
    public const long BytesPerCommit = 4 * 1024 * 1024;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IJournalStore _store;
    private readonly IActorRef _replica;
    private readonly Queue<Request> _waiting = new();
    private readonly List<Request> _inFlight = [];
    private long _inFlightRecords;
    private long _inFlightBytes;
    private long _call;
    private long _commits;
    private long _records;
    private long _bytes;
    private JournalException? _fault;

    private JournalActor(IJournalStore store, IActorRef replica)
    {
        _store = store;
        _replica = replica;
    }

    /// <param name="store">Stays the caller's, who disposes it after the actor has stopped.</param>
    /// <param name="replica">Is told <see cref="JournalFailed"/>.</param>
    public static Props Props(IJournalStore store, IActorRef replica) =>
        Akka.Actor.Props.CreateBy(new Producer(store, replica));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Persist persist when _fault is null:
                _waiting.Enqueue(new Request(persist, Sender));
                CommitWaiting();
                break;
            case Persist:
                break;
            case CommitEnded ended when ended.Call == _call && _inFlight.Count > 0:
                End(ended.Fault);
                CommitWaiting();
                break;
            case CommitEnded:
                break;
            case StatusQuery:
                Sender.Tell(Status(), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Commits until nothing waits or the store takes its time; a store that completes inside its call costs a turn of this loop, not a message.</summary>
    private void CommitWaiting()
    {
        while (_inFlight.Count == 0 && _waiting.Count > 0 && _fault is null)
        {
            var writes = Gather();
            var call = new CommitCall(Self, ++_call);
            try
            {
                _store.Commit(writes, call.Done);
            }
            catch (Exception cause) when (cause is not JournalException)
            {
                End(new JournalException($"the journal cannot write: {cause.Message}", cause));
                return;
            }
            catch (JournalException fault)
            {
                End(fault);
                return;
            }

            if (!call.EndedInside)
            {
                return;
            }

            End(call.Fault);
        }
    }

    /// <summary>Moves what waits into the next commit, up to its size, and at least one request.</summary>
    private IReadOnlyList<JournalWrite> Gather()
    {
        _inFlightRecords = 0;
        _inFlightBytes = 0;
        do
        {
            var request = _waiting.Dequeue();
            _inFlight.Add(request);
            _inFlightRecords += request.Persist.Writes.Count;
            _inFlightBytes += JournalRecord.Size(request.Persist.Writes);
        }
        while (_waiting.Count > 0 && _inFlightBytes < BytesPerCommit);

        if (_inFlight.Count == 1)
        {
            return _inFlight[0].Persist.Writes;
        }

        var writes = new List<JournalWrite>((int)_inFlightRecords);
        foreach (var request in _inFlight)
        {
            writes.AddRange(request.Persist.Writes);
        }

        return writes;
    }

    private void End(JournalException? fault)
    {
        if (fault is not null)
        {
            Fail(fault);
            return;
        }

        _commits++;
        _records += _inFlightRecords;
        _bytes += _inFlightBytes;
        foreach (var request in _inFlight)
        {
            request.Sender.Tell(new Persisted(request.Persist.Token), Self);
        }

        _inFlight.Clear();
    }

    private void Fail(JournalException fault)
    {
        _fault = fault;
        _inFlight.Clear();
        _waiting.Clear();
        _log.Error("The journal stops answering: {0}", fault.Message);
        _replica.Tell(new JournalFailed(fault), Self);
    }

    private RoleStatus Status()
    {
        var mean = _commits == 0 ? 0 : (double)_records / _commits;
        return new RoleStatus(KernelRoles.Journal,
        [
            new("volatile", _store.IsVolatile ? "true" : "false"),
            new("commits", _commits.ToString(CultureInfo.InvariantCulture)),
            new("records_per_commit", mean.ToString("0.0", CultureInfo.InvariantCulture)),
            new("bytes", _bytes.ToString(CultureInfo.InvariantCulture)),
            new("waiting", (_waiting.Count + _inFlight.Count).ToString(CultureInfo.InvariantCulture)),
            new("fault", _fault?.Message ?? "none"),
        ]);
    }

    private readonly record struct Request(Persist Persist, IActorRef Sender);

    /// <summary>The store has ended commit number <paramref name="Call"/> after its call had returned.</summary>
    private sealed record CommitEnded(long Call, JournalException? Fault)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>
    /// One call of the store. Its end is seen either inside the call, and then handled at once, or later and perhaps on another thread, and then it comes
    /// as a message. Which of the two is decided once, atomically.
    /// </summary>
    private sealed class CommitCall(IActorRef journal, long number)
    {
        private const int Inside = 0;
        private const int Returned = 1;
        private const int Ended = 2;
        private int _state;

        public JournalException? Fault { get; private set; }

        /// <summary>To be asked once, when the call has returned.</summary>
        public bool EndedInside => Interlocked.CompareExchange(ref _state, Returned, Inside) == Ended;

        public void Done(JournalException? fault)
        {
            if (Volatile.Read(ref _state) == Inside)
            {
                Fault = fault;
                if (Interlocked.CompareExchange(ref _state, Ended, Inside) == Inside)
                {
                    return;
                }
            }

            journal.Tell(new CommitEnded(number, fault), ActorRefs.NoSender);
        }
    }

    private sealed class Producer(IJournalStore store, IActorRef replica) : IIndirectActorProducer
    {
        public Type ActorType => typeof(JournalActor);

        public ActorBase Produce() => new JournalActor(store, replica);

        public void Release(ActorBase actor)
        {
        }
    }
}
