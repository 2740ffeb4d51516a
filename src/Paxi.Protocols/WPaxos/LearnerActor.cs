using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Executes what is decided, each object in the order of its slots and independently of the others; writes checkpoints; answers reads from the state; gives other replicas
/// the state of objects, and fetches from them what it lacks. What it has executed is decided, so one number for an object tells both.
/// </summary>
internal sealed partial class LearnerActor : UntypedActor, IWithTimers
{
    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly ReplicaId _self;
    private readonly ObjectStates _states;
    private readonly LearnerTable _table = new();
    private readonly WaitingProposals _waiting = new();
    private readonly StateFetch _fetch;
    private readonly Queue<ObjectKey> _toDrain = new();
    private readonly List<Place> _passed = [];
    private readonly bool _isObserved;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ResultBlocks? _results;
    private Place _answered;
    private int _expectedResults;
    private bool _isAtWork;
    private long _commands;
    private long _restored;
    private long _refused;

    public LearnerActor(ReplicaContext context, WPaxosOptions options, ObjectStates states)
    {
        (_context, _options, _states, _self) = (context, options, states, context.Self);
        _fetch = new StateFetch(context, options.RetransmitInterval);
        _random = context.Random(WPaxosRoles.Learner);
        _isObserved = context.Observer.Watches;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, WPaxosOptions options, Func<ObjectStates> states) =>
        Akka.Actor.Props.Create(() => new LearnerActor(context, options, states()));

    protected override void PreStart()
    {
        foreach (var (place, state) in WPaxosJournal.ReadStates(_context.Store))
        {
            try
            {
                ReadTied(place.Object, state);
            }
            catch (WireFormatException damage)
            {
                throw new JournalException($"the checkpoint of object {place.Object} in the journal cannot be read: {damage.Message}", damage);
            }

            _table.Advance(place, isDirty: false);
            ObserveRestored(place);
        }
    }

    protected override void OnReceive(object message)
    {
        _isAtWork = true;
        OnMessage(message);
        _isAtWork = false;
    }

    private void OnMessage(object message)
    {
        switch (message)
        {
            case Learn learn:
                OnLearn(learn);
                break;
            case Missing missing:
                OnMissing(missing);
                break;
            case ReadRequests requests:
                OnRead(requests);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Token);
                break;
            case TableQuery:
                Sender.Tell(new TableKnown(_table.Objects, _table.Digest), Self);
                break;
            case Cover cover:
                OnCover(cover);
                break;
            case CompareTables compare:
                OnCompare(compare.Peer);
                break;
            case TieQuery query:
                OnTieQuery(query);
                break;
            case StatesQuery query:
                OnStatesQuery(query);
                break;
            case TieLook:
                LookAfterTies();
                break;
            case Tick:
                OnTick();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case RolesStarted:
                break;
            default:
                OnPeer(message);
                break;
        }
    }

    private void OnPeer(object message)
    {
        switch (message)
        {
            case StateRequest request:
                // Also of a replica that is no member yet.
                OnStateRequest(request);
                break;
            case ObjectState state when IsMember(state.From):
                OnState(state);
                break;
            case TableRequest request:
                OnTableRequest(request);
                break;
            case TableDigests digests when IsMember(digests.From):
                OnDigests(digests);
                break;
            case TableEntries entries when IsMember(entries.From):
                OnEntries(entries);
                break;
            case ObjectState or TableDigests or TableEntries:
                _refused++;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        // Where a message failed, the state may be half of what it should be.
        if (_context.EndsEpoch && !_isAtWork)
        {
            WriteAtEnd();
        }
    }

    private bool IsMember(ReplicaId from) => _context.Quorums.IndexOf(from) >= 0;

    // Execution.

    private void OnLearn(Learn learn)
    {
        _expectedResults = 0;
        for (var index = 0; learn.IsOwn && index < learn.Proposals.Count; index++)
        {
            _expectedResults += learn.Proposals[index].Batch.Count;
        }

        for (var index = 0; index < learn.Proposals.Count; index++)
        {
            Take(learn.Proposals[index], learn.IsOwn);
        }

        Finish();
    }

    private void Take(Proposal proposal, bool isOwn)
    {
        var distance = proposal.Place.Slot - _table.Executed(proposal.Place.Object);
        if (distance == 1)
        {
            Execute(proposal, isOwn);
            Drain();
        }
        else if (distance > 1)
        {
            Wait(proposal, isOwn);
        }
    }

    private void Execute(Proposal proposal, bool isOwn)
    {
        var batch = proposal.Batch;
        if (_isObserved)
        {
            _context.Observer.Decided(_self, _context.Observer.LogOf(proposal.Place.Object), proposal.Place.Slot, batch);
        }

        if (isOwn && !batch.IsNoOp)
        {
            _results ??= new ResultBlocks(Math.Max(_expectedResults, batch.Count));
            _answered = proposal.Place;
        }

        if (proposal.Share is null && _ties.Count == 0)
        {
            _states.Execute([proposal.Place.Object], batch, isOwn ? _results : null);
            Complete(proposal);
        }
        else
        {
            ExecuteShare(proposal, proposal.Share, isOwn ? _results : null);
        }
    }

    /// <summary>It has taken effect.</summary>
    private void Complete(Proposal proposal)
    {
        _commands += proposal.Batch.Count;
        Advance(proposal.Place, proposal.Size);
        if (_isObserved)
        {
            _context.Observer.Executed(_self, _context.Observer.LogOf(proposal.Place.Object), proposal.Place.Slot, proposal.Batch);
        }
    }

    private void Advance(Place place, long bytes)
    {
        MarkExecuted(place, bytes);
        _fetch.Reached(place.Object, place.Slot);
        if (_tieAskers.Count > 0 && _tieAskers.TryGetValue(place.Object, out var waiting) && place.Slot >= waiting.Slot)
        {
            _tiesToTell.Enqueue(place.Object);
        }

        if (_waiting.Count > 0 && _waiting.IsWaiting(place.Object))
        {
            _toDrain.Enqueue(place.Object);
        }
    }

    // What cannot be executed yet.

    /// <summary>What lies between is asked for when it does not come by itself.</summary>
    private void Wait(Proposal proposal, bool isOwn)
    {
        var place = proposal.Place;
        var hasRoom = _waiting.TryAdd(place, proposal, isOwn);
        Want(place.Object, place.Slot - (hasRoom ? 1 : 0), place.Ballot.Owner, _options.RetransmitInterval);
    }

    /// <summary>Executes what has waited for what was executed, and so on.</summary>
    private void Drain()
    {
        while (_toDrain.TryDequeue(out var key))
        {
            while (_waiting.TryPeek(key, out var first) && first.Slot <= _table.Executed(key) + 1)
            {
                if (first.Slot > _table.Executed(key))
                {
                    Execute(first.Proposal, first.IsOwn);
                    _passed.Add(first.Proposal.Place);
                }

                _waiting.Remove(key);
            }
        }
    }

    /// <summary>At the end of a message that may have executed something.</summary>
    private void Finish()
    {
        if (_results is { } results)
        {
            _results = null;
            var blocks = results.ToBlocks();
            if (blocks.Length > 0)
            {
                _context.Role(KernelRoles.Gateway).Tell(new Executed(_answered.Slot, _answered.Ballot, _answered.Slot, blocks), Self);
            }
        }

        if (_passed.Count > 0)
        {
            _context.Role(WPaxosRoles.Acceptor).Tell(new Restored([.. _passed]), Self);
            _passed.Clear();
        }

        TellTies();
        CheckpointIfDue();
    }

    // Reads.

    private void OnRead(ReadRequests requests)
    {
        if (requests.Mode != ReadMode.Any)
        {
            _context.Role(KernelRoles.Gateway).Tell(new ReadsRefused(requests.Batch, Paxi.Actors.Clients.RefusalReason.Unsupported, null), Self);
            return;
        }

        // The objects have no slot in common, so there is none to show.
        _context.Role(KernelRoles.Gateway).Tell(new Executed(0, Ballot.Zero, 0, _states.Read(requests.Batch)), Self);
    }

    private RoleStatus Status() => new(WPaxosRoles.Learner,
    [
        new("objects", _table.Objects.ToString(CultureInfo.InvariantCulture)),
        new("commands", _commands.ToString(CultureInfo.InvariantCulture)),
        new("digest", _table.Digest.ToString("x16", CultureInfo.InvariantCulture)),
        new("waiting", _waiting.Count.ToString(CultureInfo.InvariantCulture)),
        new("wanted", _fetch.Count.ToString(CultureInfo.InvariantCulture)),
        new("restored", _restored.ToString(CultureInfo.InvariantCulture)),
        new("tied", _ties.Count.ToString(CultureInfo.InvariantCulture)),
        new("dirty", _dirty.Count.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
