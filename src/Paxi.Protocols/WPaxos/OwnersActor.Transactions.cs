using System.Runtime.InteropServices;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <content>Transactions: their objects are gathered in ascending order, and given back. <see cref="Accepts"/>'s file has the protocol.</content>
internal sealed partial class OwnersActor
{
    /// <summary>At a time, waiting for objects or under way.</summary>
    private const int MaxTransactions = 1024;

    private const int MaxAttempts = 6;
    private const int LargestTransactionBackOff = 5;
    private const int TransactionPatience = 3;

    private readonly SortedDictionary<long, Transaction> _transactions = [];

    /// <summary>Who has reserved an object, or is about to.</summary>
    private readonly Dictionary<ObjectKey, Transaction> _holders = [];

    /// <summary>The commands of transactions that were begun here and are not over. Who asks again meanwhile would add one more to those that want the same objects, and get nothing by it.</summary>
    private readonly HashSet<(ulong Session, long Sequence)> _begun = [];

    /// <summary>Who waits for an object that is reserved.</summary>
    private readonly Dictionary<ObjectKey, Queue<long>> _queues = [];
    private long _lastTransaction;
    private int _retries;
    private long _committed;
    private long _settled;
    private long _failed;

    /// <summary>Served where the first object is, or is to be.</summary>
    private void RouteTransaction(ObjectKey[] objects, OwnedRequest request, int failures = 0, TimeSpan? since = null)
    {
        var ballot = _table[objects[0]].Ballot;
        var owner = Successor(objects[0])
            ?? (_map is not null ? _map.Home(objects[0], _neighbours.IsGone) : MayServe(ballot, _options.IsAdaptive) ? ballot.Owner : _self);
        if (owner != _self && request.Hops < GatewayActor.MaxHops && (!_neighbours.IsGone(owner) || !_neighbours.CanPrepare))
        {
            PassOn(owner, request);
        }
        else if (_transactions.Count >= MaxTransactions || (!_neighbours.CanPrepare && Array.Exists(objects, IsOfAnother)))
        {
            // Phase 1 without a quorum would take objects from owners that still commit.
            _dropped.Add(request.Batch.Count);
        }
        else
        {
            _waiting += request.Batch.Count;
            Begin(new Transaction(++_lastTransaction, objects) { Request = request, Failures = failures, Since = since ?? Now });
        }
    }

    private bool IsOfAnother(ObjectKey key) => _table[key] is { IsOwned: false } row && !row.Ballot.IsZero && row.Ballot.Owner != _self;

    private void Begin(Transaction transaction)
    {
        _transactions.Add(transaction.Number, transaction);
        if (transaction.Request is { } request)
        {
            _begun.Add(CommandOf(request));
        }

        Gather(transaction);
    }

    /// <summary>A request for a transaction has one command.</summary>
    private static (ulong Session, long Sequence) CommandOf(OwnedRequest request)
    {
        var reader = new BatchReader(request.Batch);
        _ = reader.NextBlock() && reader.NextCommand();
        return (reader.Session, reader.Sequence);
    }

    private void Touch(Transaction transaction) => transaction.Until = Now + (TransactionPatience * _options.ElectionTimeout);

    /// <summary>In ascending order, so that those of this replica never wait for each other in a circle.</summary>
    private void Gather(Transaction transaction)
    {
        Touch(transaction);
        var key = transaction.Objects[transaction.Gathered];
        if (!_holders.TryAdd(key, transaction))
        {
            ref var queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, key, out _);
            (queue ??= new Queue<long>()).Enqueue(transaction.Number);
            return;
        }

        var owner = Activate(key);
        owner.IsPreparing |= !_table[key].IsOwned;
        owner.Actor.Tell(new Reserve(transaction.Number, IsFirst: transaction.Gathered == 0), Self);
    }

    private void OnReserved(Reserved reserved)
    {
        if (!_transactions.TryGetValue(reserved.Number, out var transaction) || transaction.Step != TransactionStep.Gathering
            || transaction.Objects[transaction.Gathered] != reserved.Object)
        {
            return;
        }

        transaction.Reserved[transaction.Gathered] = reserved;
        if (transaction.Request is not null && reserved.Tie is { } tie)
        {
            // That one first.
            Fail(transaction);
            Settle(tie);
            return;
        }

        transaction.Gathered++;
        if (transaction.Gathered < transaction.Objects.Count)
        {
            Gather(transaction);
        }
        else if (transaction.Request is not null)
        {
            transaction.Step = TransactionStep.Reading;
            AskStates(transaction);
        }
        else
        {
            BringToEnd(transaction);
        }
    }

    /// <summary>An object is tied: whatever that transaction was, it is brought to its end.</summary>
    private void OnTied(Tied tied)
    {
        if (FindSender(tied.Object) is not null)
        {
            Settle(tied.Share);
        }
    }

    private void Settle(Share share, int failures = 0)
    {
        foreach (var (_, transaction) in _transactions)
        {
            if (transaction.Share?.Id == share.Id)
            {
                return;
            }
        }

        Begin(new Transaction(++_lastTransaction, [.. share.Places.Select(static place => place.Object)]) { Share = share, Failures = failures, Since = Now });
    }

    // Ends.

    private void GiveBack(Transaction transaction, ObjectKey key, bool isStale = false)
    {
        if (!_holders.TryGetValue(key, out var holder) || holder != transaction)
        {
            return;
        }

        _holders.Remove(key);
        _table.Find(key)?.Actor.Tell(new Unreserve(transaction.Number, isStale), Self);
        while (_queues.TryGetValue(key, out var queue))
        {
            if (!queue.TryDequeue(out var number))
            {
                _queues.Remove(key);
            }
            else if (_transactions.TryGetValue(number, out var next))
            {
                Gather(next);
                break;
            }
        }
    }

    private void End(Transaction transaction)
    {
        _transactions.Remove(transaction.Number);
        if (transaction.Request is { } request)
        {
            _waiting -= request.Batch.Count;
            _begun.Remove(CommandOf(request));
        }

        foreach (var key in transaction.Objects)
        {
            GiveBack(transaction, key);
        }
    }

    /// <summary>It is tried again after a while, some times; then the client asks again, and objects that are still tied are told of by the learner.</summary>
    private void Fail(Transaction transaction)
    {
        _failed++;
        End(transaction);
        var failures = transaction.Failures + 1;
        var mayRetry = failures < MaxAttempts && Now - transaction.Since < _options.MaxWait && _retries < MaxTransactions;
        if (!mayRetry || (transaction.Request is not null && transaction.Step > TransactionStep.Holding))
        {
            // Its commit may be decided yet; that is found out like that of any other.
            _dropped.Add(transaction.Request?.Batch.Count ?? 0);
            return;
        }

        _retries++;
        if (transaction.Request is { } request)
        {
            _begun.Add(CommandOf(request));
        }

        var longest = (1 << Math.Min(failures, LargestTransactionBackOff)) * _options.HeartbeatInterval;
        var retry = new Retry(transaction, failures);
        Timers.StartSingleTimer(retry, retry, TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond, longest.Ticks + TimeSpan.TicksPerMillisecond)));
    }

    private void OnRetry(Retry retry)
    {
        _retries--;
        if (retry.Transaction.Request is { } request)
        {
            _begun.Remove(CommandOf(request));
            RouteTransaction([.. retry.Transaction.Objects], request, retry.Failures, retry.Transaction.Since);
        }
        else if (retry.Transaction.Share is { } share)
        {
            Settle(share, retry.Failures);
        }
    }

    /// <summary>A transaction that has lost an object has lost them all.</summary>
    private void LoseReserved(ObjectKey key)
    {
        if (_holders.TryGetValue(key, out var transaction))
        {
            Fail(transaction);
        }
    }

    private void FailOverdue()
    {
        var now = Now;
        List<Transaction>? overdue = null;
        foreach (var (_, transaction) in _transactions)
        {
            if (transaction.Until < now)
            {
                (overdue ??= []).Add(transaction);
            }
            else if (transaction.Step is TransactionStep.Reading or TransactionStep.Executing)
            {
                AskLearner(transaction);
            }
        }

        foreach (var transaction in overdue ?? [])
        {
            if (_transactions.ContainsKey(transaction.Number))
            {
                Fail(transaction);
            }
        }
    }

    /// <summary>A failed attempt that is to be made again.</summary>
    private sealed record Retry(Transaction Transaction, int Failures) : INoSerializationVerificationNeeded;
}
