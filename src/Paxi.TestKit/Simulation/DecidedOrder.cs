using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// The order in which commands took effect, as a suggestion of a linearization. A search over all orders may reach its limits; one order is quickly tried. It proves a
/// history linearizable when an order of all its operations keeps real time and, replayed, gives every answer; it never proves the contrary. Where the suggestion came
/// from does not matter to the proof.
/// </summary>
public sealed class DecidedOrder
{
    private readonly Dictionary<UInt128, List<int>> _issued = [];
    private readonly List<(UInt128 Body, long Time)> _effects = [];

    /// <summary>An operation of the history, by its number there, is the command of that digest.</summary>
    public void Issue(int operation, UInt128 body)
    {
        if (!_issued.TryGetValue(body, out var operations))
        {
            _issued.Add(body, operations = []);
        }

        operations.Add(operation);
    }

    /// <summary>The command takes effect for the first time at any replica.</summary>
    /// <param name="body">Its digest.</param>
    /// <param name="time">In the time of the history.</param>
    public void TakeEffect(UInt128 body, long time) => _effects.Add((body, time));

    /// <summary>Whether the history is linearizable by this order; false says nothing.</summary>
    public bool Explains(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var operations = history.Operations;
        var order = Writes(operations);
        var reads = new ReadPlacement(operations, order);
        for (var index = 0; index < operations.Count; index++)
        {
            if (operations[index].Ok == true && IsRead(operations[index]))
            {
                reads.Add(index);
            }
        }

        return reads.TryPlace(out var all) && Holds(operations, all);
    }

    internal static IReadOnlyList<Operation> PartsOf(Operation operation) =>
        operation.Kind == OperationKind.Transaction ? operation.Parts : [operation];

    private static bool IsRead(Operation operation) => PartsOf(operation).All(part => part.Kind == OperationKind.Get);

    /// <summary>
    /// The operations that took effect. Equal commands (deletes of a key) are told apart by their answers and their times: of those that fit, one that says what it found before one that does not (an
    /// absent value says nothing, and fits everywhere), and then the one that ends first.
    /// </summary>
    private List<int> Writes(IReadOnlyList<Operation> operations)
    {
        var order = new List<int>();
        var taken = new HashSet<int>();
        var store = new Dictionary<string, string?>();
        foreach (var (body, time) in _effects)
        {
            int? next = null;
            foreach (var candidate in _issued.GetValueOrDefault(body) ?? [])
            {
                var operation = operations[candidate];
                if (operation.Ok != false && !taken.Contains(candidate) && operation.Start <= time && Fits(store, operation)
                    && (next is null || Rank(operation).CompareTo(Rank(operations[next.Value])) < 0))
                {
                    next = candidate;
                }
            }

            if (next is { } found && taken.Add(found))
            {
                order.Add(found);
                Replay(store, operations[found]);
            }
        }

        return order;
    }

    private static (bool IsSilent, long End) Rank(Operation operation) =>
        (PartsOf(operation).All(part => part.Result is null), operation.End ?? long.MaxValue);

    private static bool Fits(Dictionary<string, string?> store, Operation operation)
    {
        var part = new Dictionary<string, string?>();
        foreach (var step in PartsOf(operation))
        {
            part[step.Key] = store.GetValueOrDefault(step.Key);
        }

        return Replay(part, operation);
    }

    /// <summary>Does the operation to the store; whether its answers, if it has any, are those that it finds.</summary>
    private static bool Replay(Dictionary<string, string?> store, Operation operation)
    {
        var agrees = true;
        foreach (var part in PartsOf(operation))
        {
            agrees &= Agrees(store, part, operation.Ok == true);
        }

        return agrees;
    }

    /// <summary>The proof: every completed operation is in the order once, real time is kept, and the answers are those of the replay.</summary>
    private static bool Holds(IReadOnlyList<Operation> operations, IReadOnlyList<int> order)
    {
        var seen = new HashSet<int>();
        var store = new Dictionary<string, string?>();
        var latestStart = long.MinValue;
        foreach (var index in order)
        {
            var operation = operations[index];
            if (!seen.Add(index) || operation.Ok == false || operation.End < latestStart)
            {
                return false;
            }

            latestStart = Math.Max(latestStart, operation.Start);
            if (!Replay(store, operation))
            {
                return false;
            }
        }

        return Enumerable.Range(0, operations.Count).All(index => operations[index].Ok != true || seen.Contains(index));
    }

    private static bool Agrees(Dictionary<string, string?> store, Operation part, bool isAnswered)
    {
        var found = store.GetValueOrDefault(part.Key);
        var swaps = part.Kind == OperationKind.CompareAndSet && found == part.Expected;
        if (part.Kind == OperationKind.Set || swaps)
        {
            store[part.Key] = part.Value;
        }
        else if (part.Kind == OperationKind.Delete)
        {
            store[part.Key] = null;
        }

        return !isAnswered || ((part.Kind != OperationKind.Get ? part.Result is null || part.Result == found : part.Result == found)
            && (part.Kind != OperationKind.CompareAndSet || part.Swapped == swaps));
    }
}

/// <summary>Finds for each read the earliest place between the writes that real time allows and where it finds what it returned.</summary>
internal sealed class ReadPlacement
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly List<int> _writes;
    private readonly List<int> _reads = [];
    private readonly Dictionary<string, List<(int From, string? Value)>> _versions = [];

    public ReadPlacement(IReadOnlyList<Operation> operations, List<int> writes)
    {
        (_operations, _writes) = (operations, writes);
        for (var place = 0; place < writes.Count; place++)
        {
            foreach (var part in DecidedOrder.PartsOf(operations[writes[place]]))
            {
                Write(part, place + 1);
            }
        }
    }

    public void Add(int read) => _reads.Add(read);

    /// <summary>The writes with the reads in between; false when a read finds no place.</summary>
    public bool TryPlace(out List<int> order)
    {
        order = [];
        var byStart = _reads.OrderBy(read => _operations[read].Start).ToArray();
        var endedWrites = Enumerable.Range(0, _writes.Count).Where(place => _operations[_writes[place]].End is not null)
            .OrderBy(place => _operations[_writes[place]].End).ToArray();
        var endedReads = new PriorityQueue<int, long>();
        var placed = new List<int>[_writes.Count + 1];
        var (least, next) = (0, 0);
        foreach (var read in byStart)
        {
            var start = _operations[read].Start;
            for (; next < endedWrites.Length && _operations[_writes[endedWrites[next]]].End < start; next++)
            {
                least = Math.Max(least, endedWrites[next] + 1);
            }

            while (endedReads.TryPeek(out var earlier, out var end) && end < start)
            {
                endedReads.Dequeue();
                least = Math.Max(least, earlier);
            }

            if (Find(read, least) is not { } place)
            {
                return false;
            }

            (placed[place] ??= []).Add(read);
            endedReads.Enqueue(place, _operations[read].End!.Value);
        }

        for (var place = 0; place <= _writes.Count; place++)
        {
            if (place > 0)
            {
                order.Add(_writes[place - 1]);
            }

            order.AddRange(placed[place] ?? []);
        }

        return true;
    }

    private int? Find(int read, int least)
    {
        var parts = DecidedOrder.PartsOf(_operations[read]);
        for (var place = least; place <= _writes.Count;)
        {
            var next = place;
            foreach (var part in parts)
            {
                if (Next(part.Key, part.Result, next) is not { } later)
                {
                    return null;
                }

                next = later;
            }

            if (next == place)
            {
                return place;
            }

            place = next;
        }

        return null;
    }

    /// <summary>The first place, at or after <paramref name="least"/>, where the key has that value.</summary>
    private int? Next(string key, string? value, int least)
    {
        if (!_versions.TryGetValue(key, out var versions))
        {
            return value is null ? least : null;
        }

        var (low, high) = (0, versions.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = versions[middle].From <= least ? (middle + 1, high) : (low, middle);
        }

        for (var index = low - 1; index < versions.Count; index++)
        {
            var current = index < 0 ? null : versions[index].Value;
            if (current == value)
            {
                return index < low ? least : versions[index].From;
            }
        }

        return null;
    }

    private void Write(Operation part, int place)
    {
        if (!_versions.TryGetValue(part.Key, out var versions))
        {
            _versions.Add(part.Key, versions = []);
        }

        var found = versions.Count == 0 ? null : versions[^1].Value;
        var value = part.Kind switch
        {
            OperationKind.Set => part.Value,
            OperationKind.Delete => null,
            OperationKind.CompareAndSet when found == part.Expected => part.Value,
            _ => found,
        };
        if (value == found)
        {
            return;
        }

        if (versions.Count > 0 && versions[^1].From == place)
        {
            // A transaction that writes a key twice: what is between is seen by nobody.
            versions.RemoveAt(versions.Count - 1);
        }

        versions.Add((place, value));
    }
}
