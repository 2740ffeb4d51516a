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
/// Executes what is decided, each object in the order of its slots and a transaction when it is next in all its objects; writes checkpoints; answers reads from the state; gives other replicas
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
    private long _commands;
    private long _restored;
    private long _refused;

    public LearnerActor(ReplicaContext context, WPaxosOptions options, ObjectStates states)
    {
        (_context, _options, _states, _self) = (context, options, states, context.Self);
        _fetch = new StateFetch(context, options.RetransmitInterval);
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
                _states.ReadObject(place.Object, state);
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
            case ObjectState state when IsMember(state.From, state.Epoch):
                OnState(state);
                break;
            case TableRequest request:
                OnTableRequest(request);
                break;
            case TableDigests digests when IsMember(digests.From, digests.Epoch):
                OnDigests(digests);
                break;
            case TableEntries entries when IsMember(entries.From, entries.Epoch):
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

    private bool IsMember(ReplicaId from, long epoch) => epoch == Sanity.Epoch && _context.Quorums.IndexOf(from) >= 0;

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
        switch (Judge(proposal))
        {
            case Standing.Next:
                Execute(proposal, isOwn);
                Drain();
                break;
            case Standing.Torn:
                Wait(proposal, isOwn);
                Mend(proposal, proposal.Place.Ballot.Owner);
                break;
            case Standing.Ahead:
                Wait(proposal, isOwn);
                break;
            default:
                break;
        }
    }

    private Standing Judge(Proposal proposal)
    {
        var (isPast, isNext, isAhead) = (false, false, false);
        Judge(proposal.Place, ref isPast, ref isNext, ref isAhead);
        for (var index = 0; index < proposal.Others.Count; index++)
        {
            Judge(proposal.Others[index], ref isPast, ref isNext, ref isAhead);
        }

        return isPast ? (isNext || isAhead ? Standing.Torn : Standing.Past) : isAhead ? Standing.Ahead : Standing.Next;
    }

    private void Judge(Place place, ref bool isPast, ref bool isNext, ref bool isAhead)
    {
        var distance = place.Slot - _table.Executed(place.Object);
        isPast |= distance < 1;
        isNext |= distance == 1;
        isAhead |= distance > 1;
    }

    private void Execute(Proposal proposal, bool isOwn)
    {
        var batch = proposal.Batch;
        Observe(proposal, isExecuted: false);
        if (isOwn && !batch.IsNoOp)
        {
            _results ??= new ResultBlocks(Math.Max(_expectedResults, batch.Count));
            _answered = proposal.Place;
        }

        var results = isOwn ? _results : null;
        if (proposal.IsJoint)
        {
            var objects = new ObjectKey[proposal.Others.Count + 1];
            objects[0] = proposal.Place.Object;
            for (var index = 1; index < objects.Length; index++)
            {
                objects[index] = proposal.Others[index - 1].Object;
            }

            _states.Execute(objects, batch, results);
        }
        else
        {
            _states.Execute([proposal.Place.Object], batch, results);
        }

        _commands += batch.Count;
        Advance(proposal.Place, proposal.Size);
        for (var index = 0; index < proposal.Others.Count; index++)
        {
            Advance(proposal.Others[index], proposal.Size);
        }

        Observe(proposal, isExecuted: true);
    }

    private void Advance(Place place, long bytes)
    {
        MarkExecuted(place, bytes);
        _fetch.Reached(place.Object, place.Slot);
        if (_waiting.Count > 0 && _waiting.IsWaiting(place.Object))
        {
            _toDrain.Enqueue(place.Object);
        }
    }

    private void Observe(Proposal proposal, bool isExecuted)
    {
        if (_isObserved)
        {
            Observe(proposal.Place, proposal.Batch, isExecuted);
            for (var index = 0; index < proposal.Others.Count; index++)
            {
                Observe(proposal.Others[index], proposal.Batch, isExecuted);
            }
        }
    }

    private void Observe(Place place, Batch batch, bool isExecuted)
    {
        if (isExecuted)
        {
            _context.Observer.Executed(_self, _context.Observer.LogOf(place.Object), place.Slot, batch);
        }
        else
        {
            _context.Observer.Decided(_self, _context.Observer.LogOf(place.Object), place.Slot, batch);
        }
    }

    // What cannot be executed yet.

    /// <summary>Keeps it in every log in which it is not past. What lies between is asked for when it does not come by itself.</summary>
    private void Wait(Proposal proposal, bool isOwn)
    {
        Wait(proposal.Place, proposal, isOwn);
        for (var index = 0; index < proposal.Others.Count; index++)
        {
            Wait(proposal.Others[index], proposal, isOwn);
        }
    }

    private void Wait(Place place, Proposal proposal, bool isOwn)
    {
        var executed = _table.Executed(place.Object);
        if (place.Slot <= executed)
        {
            return;
        }

        var hasRoom = _waiting.TryAdd(place, proposal, isOwn);
        if (!hasRoom || place.Slot > executed + 1)
        {
            Want(place.Object, place.Slot - (hasRoom ? 1 : 0), place.Ballot.Owner, _options.RetransmitInterval);
        }
    }

    /// <summary>
    /// One of its objects has its effect already, by a state from elsewhere; it must not be executed a second time there, so the others need states with the effect too. Whoever gave that state
    /// has executed it in all of them, or has such states.
    /// </summary>
    private void Mend(Proposal proposal, ReplicaId peer)
    {
        Mend(proposal.Place, peer);
        for (var index = 0; index < proposal.Others.Count; index++)
        {
            Mend(proposal.Others[index], peer);
        }

        AskNow();
    }

    private void Mend(Place place, ReplicaId peer)
    {
        if (_table.Executed(place.Object) < place.Slot)
        {
            Want(place.Object, place.Slot, peer, TimeSpan.Zero);
        }
    }

    /// <summary>Executes what has waited for what was executed, and so on.</summary>
    private void Drain(ReplicaId? giver = null)
    {
        while (_toDrain.TryDequeue(out var key))
        {
            while (_waiting.TryPeek(key, out var first) && TryLeave(key, first, giver))
            {
                _waiting.Remove(key);
            }
        }
    }

    /// <summary>True when it is past in this object's log, maybe by being executed now.</summary>
    private bool TryLeave(ObjectKey key, WaitingProposals.Entry first, ReplicaId? giver)
    {
        if (first.Slot > _table.Executed(key))
        {
            switch (Judge(first.Proposal))
            {
                case Standing.Next:
                    Execute(first.Proposal, first.IsOwn);
                    _passed.Add(first.Proposal.Place);
                    _passed.AddRange(first.Proposal.Others);
                    return true;
                case Standing.Torn:
                    Mend(first.Proposal, giver ?? first.Proposal.Place.Ballot.Owner);
                    return false;
                default:
                    return false;
            }
        }

        if (first.Proposal.IsJoint && Judge(first.Proposal) == Standing.Torn)
        {
            Mend(first.Proposal, giver ?? first.Proposal.Place.Ballot.Owner);
        }

        return true;
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
        new("dirty", _dirty.Count.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    /// <summary>Where a proposal stands.</summary>
    private enum Standing
    {
        /// <summary>Next in all its logs.</summary>
        Next,

        /// <summary>Something before it is missing.</summary>
        Ahead,

        /// <summary>Past in some logs, not in others.</summary>
        Torn,

        /// <summary>Past in all its logs.</summary>
        Past,
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
