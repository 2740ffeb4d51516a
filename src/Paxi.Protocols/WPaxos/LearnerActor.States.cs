using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

// Checkpoints, and the states of objects that come and go.
internal sealed partial class LearnerActor
{
    /// <summary>Objects of a checkpoint that are written together; what is left waits until they are durable, so that votes get their turn.</summary>
    private const int MaxPerSlice = 64;

    private const int MaxSliceBytes = 1 << 20;

    /// <summary>Objects of the checkpoint that an epoch ends with: nobody is served meanwhile.</summary>
    private const int MaxAtEnd = 4096;

    /// <summary>An answer to a request for states ends with the one that takes it past this.</summary>
    private const int MaxAnswerBytes = 4 << 20;

    private readonly Queue<ObjectKey> _dirty = new();
    private Slice? _writing;
    private int _leftToWrite;
    private long _slotsSince;
    private long _bytesSince;

    private void MarkExecuted(Place place, long bytes)
    {
        if (_table.Advance(place, isDirty: true))
        {
            _dirty.Enqueue(place.Object);
        }

        _slotsSince++;
        _bytesSince += bytes;
    }

    private void CheckpointIfDue()
    {
        var isDue = _slotsSince >= _options.SnapshotEverySlots || _bytesSince >= _options.SnapshotEveryBytes || (_covering.Count > 0 && _dirty.Count > 0);
        if (_writing is null && isDue)
        {
            (_slotsSince, _bytesSince, _leftToWrite) = (0, 0, _dirty.Count);
            WriteSlice();
        }
    }

    private void WriteSlice()
    {
        var (places, writes) = TakeDirty(Math.Min(_leftToWrite, MaxPerSlice));
        _leftToWrite -= places.Count;
        _writing = places.Count == 0 ? null : new Slice(places);
        if (_writing is not null)
        {
            _context.Journal.Tell(new Persist(writes, _writing), Self);
        }
    }

    /// <summary>The states of those objects that have waited longest, to be written; they count as clean then.</summary>
    private (List<Place> Places, List<JournalWrite> Writes) TakeDirty(int most)
    {
        var (places, writes, bytes) = (new List<Place>(), new List<JournalWrite>(), 0);
        while (places.Count < most && bytes < MaxSliceBytes)
        {
            var place = _table.Clean(_dirty.Dequeue());
            var write = WPaxosJournal.State(place, _states, TieOf(place.Object));
            bytes += write.Value.Length;
            places.Add(place);
            writes.Add(write);
        }

        return (places, writes);
    }

    /// <summary>
    /// Whoever takes an object in the next epoch proposes every slot again that no durable state covers, and requests wait behind that: so there are to be few. The votes go with it, for the acceptor is
    /// being stopped as well.
    /// </summary>
    private void WriteAtEnd()
    {
        var (places, writes) = TakeDirty(Math.Min(_dirty.Count, MaxAtEnd));
        foreach (var place in places)
        {
            writes.Add(WPaxosJournal.DeleteVotes(place.Object, place.Slot));
        }

        if (places.Count > 0)
        {
            _context.Journal.Tell(new Persist(writes, this), Self);
        }
    }

    private void OnPersisted(object token)
    {
        if (ReferenceEquals(token, _writing) && _writing is { } slice)
        {
            _context.Role(WPaxosRoles.Acceptor).Tell(new Checkpointed(slice.Places), Self);
            WriteSlice();
            NoteCovered(slice.Places);
            CheckpointIfDue();
        }
    }

    // What this replica lacks.

    private void OnMissing(Missing missing)
    {
        foreach (var place in missing.Places)
        {
            if (place.Slot > _table.Executed(place.Object))
            {
                Want(place.Object, place.Slot, missing.Peer, missing.IsWaitedFor ? TimeSpan.Zero : _options.RetransmitInterval);
            }
        }

        if (missing.IsWaitedFor)
        {
            AskNow();
        }
    }

    private void Want(ObjectKey key, long slot, ReplicaId peer, TimeSpan after)
    {
        _fetch.Want(key, slot, peer, Now + after);
        if (_fetch.Count > 0 && !Timers.IsTimerActive(Tick.Instance))
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval / 2);
        }
    }

    private void AskNow() => _fetch.Ask(Now, _table);

    private void OnTick()
    {
        AskNow();
        TendComparison();
        if (_fetch.Count == 0 && _comparison is null)
        {
            Timers.Cancel(Tick.Instance);
        }
    }

    /// <summary>An object's state replaces whatever slots of it are missing here.</summary>
    private void OnState(ObjectState state)
    {
        var place = state.Place;
        if (place.Slot is < 1 or > Sanity.LargestSlot || place.Slot <= _table.Executed(place.Object))
        {
            return;
        }

        try
        {
            ReadTied(place.Object, state.State);
        }
        catch (WireFormatException damage)
        {
            _refused++;
            _log.Error("refused the state of object {0} from {1}: {2}", place.Object, state.From, damage.Message);
            return;
        }

        _restored++;
        Advance(place, place.Object.Length + state.State.Length);
        ObserveRestored(place);
        _passed.Add(place);
        Drain();
        Finish();
        if (_fetch.Count > 0 && _fetch.UnderWay == 0)
        {
            AskNow();
        }
    }

    private void ObserveRestored(Place place)
    {
        if (_isObserved)
        {
            _context.Observer.Restored(_self, _context.Observer.LogOf(place.Object), place.Slot);
        }
    }

    /// <summary>What others lack. Who asks for more than one answer holds asks again.</summary>
    private void OnStateRequest(StateRequest request)
    {
        var bytes = 0;
        for (var index = 0; index < request.Places.Count && index < StateFetch.MaxPerRequest && bytes < MaxAnswerBytes; index++)
        {
            var place = _table.Find(request.Places[index].Object);
            if (place.Slot > request.Places[index].Slot)
            {
                var writer = new WireWriter();
                WPaxosWire.WriteTied(place.Object, _states, TieOf(place.Object), writer);
                bytes += writer.Length;
                _context.Links.Send(request.From, new ObjectState(_self, place, writer.WrittenMemory));
            }
        }
    }

    /// <summary>A part of a checkpoint on its way to the disk.</summary>
    private sealed record Slice(IReadOnlyList<Place> Places);
}
