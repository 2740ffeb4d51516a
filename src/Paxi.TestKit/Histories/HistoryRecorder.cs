using System.Diagnostics;

namespace Paxi.TestKit.Histories;

/// <summary>
/// Collects a history while clients run; any thread may call it. Every event gets a time of its own, later than that
/// of the event before it, so that the order in which events were reported is never lost to a coarse clock: an answer
/// that was reported before an operation was sent is before it in the history, too.
/// </summary>
public sealed class HistoryRecorder
{
    private readonly Func<long> _clock;
    private readonly Lock _lock = new();
    private readonly List<Operation> _operations = [];
    private readonly HashSet<int> _open = [];
    private long _last = long.MinValue;

    /// <summary>Records in the time of this machine's monotonic clock.</summary>
    public HistoryRecorder()
        : this(static () => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)))
    {
    }

    /// <summary>Records in the time of a given clock, in nanoseconds, such as that of a simulation.</summary>
    public HistoryRecorder(Func<long> clock) => _clock = clock;

    /// <summary>How many operations were invoked so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _operations.Count;
            }
        }
    }

    /// <summary>A client sends a get, set, delete or compare-and-set. Call it before the operation is sent.</summary>
    /// <returns>The token that ends it.</returns>
    public int Invoke(long client, OperationKind kind, string key, string? value = null, string? expected = null) =>
        Invoke(new Operation { Client = client, Kind = kind, Key = key, Value = value, Expected = expected });

    /// <summary>A client sends a transaction; the parts carry no client and no times.</summary>
    /// <returns>The token that ends it.</returns>
    public int InvokeTransaction(long client, IReadOnlyList<Operation> parts) =>
        Invoke(new Operation { Client = client, Kind = OperationKind.Transaction, Parts = parts });

    /// <summary>The operation completed. Call it after the answer has come.</summary>
    /// <param name="token">What the invocation returned.</param>
    /// <param name="result">What a get returned; for the others the value found, or null.</param>
    /// <param name="swapped">For a compare-and-set: whether it wrote.</param>
    public void Complete(int token, string? result = null, bool? swapped = null) =>
        Finish(token, operation => operation with { Ok = true, Result = result, Swapped = swapped });

    /// <summary>The transaction completed; the parts now carry their results.</summary>
    public void CompleteTransaction(int token, IReadOnlyList<Operation> parts) =>
        Finish(token, operation => operation with { Ok = true, Parts = parts });

    /// <summary>The operation certainly had no effect and will have none.</summary>
    public void Fail(int token) => Finish(token, operation => operation with { Ok = false });

    /// <summary>The outcome is unknown for good, for example after a timeout. Operations left open count as unknown.</summary>
    public void Unknown(int token)
    {
        lock (_lock)
        {
            Close(token);
        }
    }

    /// <summary>Everything recorded so far; what is still in progress is of unknown outcome.</summary>
    /// <exception cref="HistoryException">A client was recorded with overlapping operations.</exception>
    public History ToHistory()
    {
        lock (_lock)
        {
            return new History(_operations);
        }
    }

    private int Invoke(Operation operation)
    {
        lock (_lock)
        {
            int token = _operations.Count;
            _operations.Add(operation with { Start = Now(), Ok = null, End = null });
            _open.Add(token);
            return token;
        }
    }

    private void Finish(int token, Func<Operation, Operation> outcome)
    {
        lock (_lock)
        {
            Close(token);
            _operations[token] = outcome(_operations[token]) with { End = Now() };
        }
    }

    private void Close(int token)
    {
        if (!_open.Remove(token))
        {
            throw new InvalidOperationException($"operation {token} was not invoked or has already ended");
        }
    }

    private long Now() => _last = Math.Max(_clock(), _last + 1);
}
