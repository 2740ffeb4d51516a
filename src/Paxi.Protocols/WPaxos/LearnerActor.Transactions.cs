using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

// Transactions. An object whose last slot is a hold or a commit is tied to a transaction; that belongs to its state, in checkpoints and on the way to other replicas.
internal sealed partial class LearnerActor
{
    /// <summary>Objects that the owners are told to settle at a time.</summary>
    private const int MaxUnsettled = 64;

    /// <summary>The objects that are tied, each with its share and the time when somebody should have brought that to an end.</summary>
    private readonly SortedDictionary<ObjectKey, Tie> _ties = [];
    private readonly Dictionary<ObjectKey, (long Slot, IActorRef Asker)> _tieAskers = [];
    private readonly Queue<ObjectKey> _tiesToTell = new();
    private readonly Random _random;

    private void ExecuteShare(Proposal proposal, Share? share, ResultBlocks? results)
    {
        var key = proposal.Place.Object;
        var tie = _ties.Count > 0 ? _ties.GetValueOrDefault(key)?.Share : null;
        if (tie is { Kind: ShareKind.Hold } && (share?.Kind is not (ShareKind.Release or ShareKind.Abandon) || share.Id != tie.Id))
        {
            throw new InvalidOperationException($"slot {proposal.Place.Slot} of object {key} does not end the transaction that holds it");
        }

        switch (share?.Kind)
        {
            case ShareKind.Commit:
                ExecuteApart(proposal, share, proposal.Batch, results);
                break;
            case ShareKind.Release when tie is not null:
                ExecuteApart(proposal, tie, tie.Command, results: null);
                break;
            case ShareKind.Release:
                throw new InvalidOperationException($"slot {proposal.Place.Slot} of object {key} releases it, and it is not held");
            case null:
                _states.Execute([key], proposal.Batch, results);
                Complete(proposal);
                break;
            default:
                Complete(proposal);
                break;
        }

        if (share is { Ties: true })
        {
            BeTied(key, share.Kind == ShareKind.Commit ? share.Of(ShareKind.Commit) : share);
        }
        else if (tie is not null)
        {
            _ties.Remove(key);
        }
    }

    /// <summary>
    /// The transaction takes effect on this object alone: the others are lent their states from before it, and have their own ones back afterwards. They do the same, each in its own slot,
    /// with the same outcome.
    /// </summary>
    private void ExecuteApart(Proposal proposal, Share share, Batch command, ResultBlocks? results)
    {
        var objects = new ObjectKey[share.Places.Count];
        var own = new ReadOnlyMemory<byte>[objects.Length];
        for (var index = 0; index < objects.Length; index++)
        {
            objects[index] = share.Places[index].Object;
            if (objects[index] != proposal.Place.Object)
            {
                var writer = new WireWriter();
                _states.WriteObject(objects[index], writer.Buffer);
                own[index] = writer.WrittenMemory;
                _states.ReadObject(objects[index], share.States[index]);
            }
        }

        _states.Execute(objects, command, results);
        Complete(proposal);
        for (var index = 0; index < objects.Length; index++)
        {
            if (objects[index] != proposal.Place.Object)
            {
                _states.ReadObject(objects[index], own[index]);
            }
        }
    }

    // Ties.

    private void BeTied(ObjectKey key, Share share)
    {
        _ties[key] = new Tie(share) { Until = Now + Patience() };
        if (!Timers.IsTimerActive(TieLook.Instance))
        {
            Timers.StartPeriodicTimer(TieLook.Instance, TieLook.Instance, _options.ElectionTimeout);
        }
    }

    /// <summary>Not the same everywhere, so that one replica settles it before the others try.</summary>
    private TimeSpan Patience() => (4 * _options.ElectionTimeout) + (4 * _options.ElectionTimeout * _random.NextDouble());

    private void LookAfterTies()
    {
        var unsettled = new List<ObjectKey>();
        foreach (var (key, tie) in _ties)
        {
            if (tie.Until <= Now && unsettled.Count < MaxUnsettled)
            {
                tie.Until = Now + Patience();
                unsettled.Add(key);
            }
        }

        if (unsettled.Count > 0)
        {
            _context.Role(WPaxosRoles.Owners).Tell(new Unsettled(unsettled), Self);
        }

        if (_ties.Count == 0)
        {
            Timers.Cancel(TieLook.Instance);
        }
    }

    /// <summary>Takes the state of an object with its tie, as another replica or a checkpoint has it.</summary>
    /// <exception cref="WireFormatException">The bytes are no state of an object; nothing was changed.</exception>
    private void ReadTied(ObjectKey key, ReadOnlyMemory<byte> tied)
    {
        var (tie, state) = WPaxosWire.ReadTie(tied);
        _states.ReadObject(key, state);
        if (tie is null)
        {
            _ties.Remove(key);
        }
        else
        {
            BeTied(key, tie);
        }
    }

    private Share? TieOf(ObjectKey key) => _ties.GetValueOrDefault(key)?.Share;

    // What the owners ask.

    private void OnTieQuery(TieQuery query)
    {
        if (_table.Executed(query.Object) < query.Slot)
        {
            _tieAskers[query.Object] = (query.Slot, Sender);
        }
        else
        {
            TellTie(query.Object, Sender);
        }
    }

    private void TellTie(ObjectKey key, IActorRef asker) => asker.Tell(new TieKnown(key, _table.Executed(key), TieOf(key)), Self);

    /// <summary>At the end of a message: in the middle a slot may count as executed whose tie is not noted yet.</summary>
    private void TellTies()
    {
        while (_tiesToTell.TryDequeue(out var key))
        {
            if (_tieAskers.Remove(key, out var waiting))
            {
                TellTie(key, waiting.Asker);
            }
        }
    }

    private void OnStatesQuery(StatesQuery query)
    {
        var states = new List<ReadOnlyMemory<byte>>(query.Places.Count);
        foreach (var place in query.Places)
        {
            if (_table.Executed(place.Object) != place.Slot)
            {
                Sender.Tell(new StatesKnown(query.Number, null), Self);
                return;
            }

            var writer = new WireWriter();
            _states.WriteObject(place.Object, writer.Buffer);
            states.Add(writer.WrittenMemory);
        }

        Sender.Tell(new StatesKnown(query.Number, states), Self);
    }

    private sealed class Tie(Share share)
    {
        public Share Share => share;

        public TimeSpan Until { get; set; }
    }

    private sealed record TieLook : INoSerializationVerificationNeeded
    {
        public static readonly TieLook Instance = new();
    }
}
