using System.Text;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <content>Transactions whose objects are all reserved: done, or brought to their end.</content>
internal sealed partial class OwnersActor
{
    /// <summary>The states of a transaction's objects, together; they go to the acceptors with it.</summary>
    private const int MaxTransactionBytes = 2 << 20;

    private readonly List<Transaction> _toAsk = [];

    private static Place PlaceOf(Reserved reserved, int after) => new(reserved.Object, reserved.Ballot, reserved.Decided + after);

    private void AskStates(Transaction transaction)
    {
        _toAsk.Add(transaction);
        QueueFlush();
    }

    /// <summary>Behind what the learner is told of what is decided.</summary>
    private void AskLearner()
    {
        foreach (var transaction in _toAsk)
        {
            AskLearner(transaction);
        }

        _toAsk.Clear();
    }

    private void AskLearner(Transaction transaction) => _context.Role(WPaxosRoles.Learner).Tell(transaction.Step == TransactionStep.Reading
        ? new StatesQuery(transaction.Number, [.. transaction.Reserved.Select(static reserved => PlaceOf(reserved, 0))])
        : new TieQuery(transaction.Objects[0], 0), Self);

    private void OnStates(StatesKnown known)
    {
        if (known.States is not { } states || !_transactions.TryGetValue(known.Number, out var transaction) || transaction.Step != TransactionStep.Reading)
        {
            return;
        }

        if (states.Sum(static state => (long)state.Length) > MaxTransactionBytes)
        {
            RefuseTooLarge(transaction);
            return;
        }

        Touch(transaction);
        var places = Array.ConvertAll(transaction.Reserved, static reserved => PlaceOf(reserved, 1));
        transaction.Share = new Share(ShareKind.Commit, new TransactionId(_start, transaction.Number), places, Batch.NoOp, states);
        transaction.Step = TransactionStep.Holding;
        for (var index = 1; index < places.Length; index++)
        {
            Put(transaction, index, Batch.NoOp, Without(transaction.Share, index, ShareKind.Hold, transaction.Request!.Value.Batch));
        }
    }

    /// <summary>The own state need not come along.</summary>
    private static Share Without(Share share, int own, ShareKind kind, Batch command)
    {
        ReadOnlyMemory<byte>[] states = [.. share.States];
        states[own] = default;
        return share with { Kind = kind, Command = command, States = states };
    }

    private void RefuseTooLarge(Transaction transaction)
    {
        var results = new ResultBlocks(1);
        for (var reader = new BatchReader(transaction.Request!.Value.Batch); reader.NextBlock();)
        {
            results.Begin(reader.Session);
            while (reader.NextCommand())
            {
                results.Add(reader.Sequence, CommandStatus.Invalid, "the objects of the transaction are too large together; at most 2 MiB with their sessions"u8);
            }
        }

        End(transaction);
        _context.Role(KernelRoles.Gateway).Tell(new Executed(0, Ballot.Zero, 0, results.ToBlocks()), Self);
    }

    private void Put(Transaction transaction, int index, Batch batch, Share? share)
    {
        var key = transaction.Objects[index];
        transaction.Open.Add(key);
        _table.Find(key)?.Actor.Tell(new Put(transaction.Number, batch, share), Self);
    }

    private void OnPutDone(PutDone done)
    {
        if (!_transactions.TryGetValue(done.Number, out var transaction) || !transaction.Open.Remove(done.Object))
        {
            return;
        }

        Touch(transaction);
        var isReleased = transaction.Step is TransactionStep.Releasing;
        if (transaction.Open.Count == 0)
        {
            Advance(transaction, done.Slot);
        }

        if (isReleased)
        {
            GiveBack(transaction, done.Object);
        }
    }

    /// <summary>All that was put is decided.</summary>
    private void Advance(Transaction transaction, long slot)
    {
        switch (transaction.Step)
        {
            case TransactionStep.Holding:
                transaction.Step = TransactionStep.Committing;
                Put(transaction, 0, transaction.Request!.Value.Batch, Without(transaction.Share!, 0, ShareKind.Commit, Batch.NoOp));
                break;
            case TransactionStep.Committing:
                _committed++;
                (transaction.Step, transaction.IsCommitted) = (TransactionStep.Executing, true);
                AskStates(transaction);
                break;
            case TransactionStep.Fencing:
                Fence(transaction, slot);
                break;
            case TransactionStep.Releasing:
                Close(transaction);
                break;
            case TransactionStep.Closing:
                End(transaction);
                break;
            default:
                break;
        }
    }

    /// <summary>The commit is executed here, so the home comes first in every order in which it is seen; now the others.</summary>
    private void OnTieKnown(TieKnown known)
    {
        if (_holders.TryGetValue(known.Object, out var transaction) && transaction.Step == TransactionStep.Executing && known.Executed >= transaction.Share!.Home.Slot)
        {
            Release(transaction);
        }
    }

    private void Release(Transaction transaction)
    {
        Touch(transaction);
        var share = transaction.Share!;
        transaction.Step = TransactionStep.Releasing;
        for (var index = 1; index < transaction.Objects.Count; index++)
        {
            var tie = transaction.Reserved[index].Tie;
            if (transaction.Request is { } request)
            {
                Put(transaction, index, request.Batch, share.Of(ShareKind.Release));
            }
            else if (tie is { Kind: ShareKind.Hold } && tie.Id == share.Id)
            {
                Put(transaction, index, transaction.IsCommitted ? tie.Command : Batch.NoOp, share.Of(transaction.IsCommitted ? ShareKind.Release : ShareKind.Abandon));
            }
        }

        if (transaction.Open.Count == 0)
        {
            Close(transaction);
        }
    }

    private void Close(Transaction transaction)
    {
        if (!transaction.IsCommitted)
        {
            End(transaction);
            return;
        }

        transaction.Step = TransactionStep.Closing;
        Put(transaction, 0, Batch.NoOp, null);
    }

    // Transactions that somebody has left.

    /// <summary>What is in its slot at home says how it ended. When there is nothing yet, something else is put there.</summary>
    private void BringToEnd(Transaction transaction)
    {
        var share = transaction.Share!;
        var home = transaction.Reserved[0];
        transaction.IsCommitted = home.Tie is { Kind: ShareKind.Commit } && home.Tie.Id == share.Id;
        for (var index = 1; transaction.IsCommitted && index < share.Places.Count; index++)
        {
            if (transaction.Reserved[index].Decided < share.Places[index].Slot)
            {
                // There is a hold that this replica does not know of: whoever owns the object now is another.
                GiveBack(transaction, transaction.Objects[index], isStale: true);
                Fail(transaction);
                return;
            }
        }

        _settled++;
        Fence(transaction, home.Decided);
    }

    /// <param name="last">The last slot of the home.</param>
    private void Fence(Transaction transaction, long last)
    {
        if (!transaction.IsCommitted && last < transaction.Share!.Home.Slot)
        {
            transaction.Step = TransactionStep.Fencing;
            Put(transaction, 0, Batch.NoOp, null);
        }
        else
        {
            Release(transaction);
        }
    }
}
