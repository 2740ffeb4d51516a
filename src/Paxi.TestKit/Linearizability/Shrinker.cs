using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Makes an impossible partition short without making it impossible by its own doing. Two reductions are used, both
/// such that a linearization of the whole would give one of the part. First the history is cut at a moment: what had
/// not ended by then becomes of unknown outcome. Then operations are taken out together with everything that observes
/// a value they write (and what observes the values which those write, and so on); while a compare-and-set that did
/// not swap remains on a key, the writes of that key stay. A linearization of the whole, less what was taken out, is
/// one of the rest, because each remaining operation still finds the value that it found.
/// </summary>
internal sealed class Shrinker
{
    /// <summary>More than this is first narrowed to a stretch; less is better shown with all that led to it.</summary>
    private const int Readable = 64;

    private readonly SearchBudget _budget;
    private readonly long _bytes;
    private bool _fromAnyState;

    private Shrinker(CheckLimits limits)
    {
        _budget = new SearchBudget(limits.ShrinkTime, long.MaxValue, long.MaxValue);
        _bytes = limits.MemoryBytes;
    }

    /// <summary>A short impossible fragment, the best that was found in the time given, and whether it is impossible from any state.</summary>
    /// <param name="operations">The partition.</param>
    /// <param name="conflict">What is known to be impossible in it; null for all of it.</param>
    public static (IReadOnlyList<FragmentOperation> Fragment, bool FromAnyState) Shrink(
        IReadOnlyList<Operation> operations, Conflict? conflict, CheckLimits limits, int readable = Readable)
    {
        var shrinker = new Shrinker(limits) { _fromAnyState = conflict?.FromAnyState ?? false };
        List<Item> items = conflict is null ? [.. operations.Select(static operation => new Item(operation, operation))] : Items(operations, conflict);
        (items, Operation? culprit) = shrinker.Cut(items);
        items = shrinker.TakeOutAllBut(items, culprit);
        if (conflict is { FromAnyState: false })
        {
            // Every value has one writer: what does not belong to the two clusters goes easily.
            items = shrinker.TakeOut(items);
        }

        if (items.Count > readable)
        {
            items = shrinker.Narrow(items);
        }

        items = shrinker.TakeOut(items);
        FragmentOperation[] fragment =
        [
            .. items
                .OrderBy(static item => item.Whole.Start)
                .Select(item => new FragmentOperation(item.Whole, item.Seen.Ok is null, ReferenceEquals(item.Whole, culprit))),
        ];
        return (fragment, shrinker._fromAnyState);
    }

    /// <summary>What stands in a contradiction beside what was recorded. A client and a start tell an operation, but for unknown ones; kind and content do the rest.</summary>
    private static List<Item> Items(IReadOnlyList<Operation> operations, Conflict conflict)
    {
        var whole = operations.ToLookup(static operation => (operation.Client, operation.Start));
        return
        [
            .. conflict.Seen.Select(seen => new Item(
                whole[(seen.Client, seen.Start)].FirstOrDefault(operation =>
                    ReferenceEquals(operation, seen) || operation with { Ok = seen.Ok, End = seen.End } == seen, seen), seen)),
        ];
    }

    /// <summary>An operation as recorded, and as it stood when the fragment ends.</summary>
    private readonly record struct Item(Operation Whole, Operation Seen);

    /// <summary>
    /// Cuts at the earliest end at which no linearization is left. Impossible at one moment is impossible at all
    /// later ones, so halving finds it.
    /// </summary>
    private (List<Item> Items, Operation? Culprit) Cut(List<Item> items)
    {
        Operation[] ended = [.. items.Where(static item => item.Seen.Ok == true).Select(static item => item.Whole)
            .OrderBy(static operation => operation.End)];
        int low = 0, high = ended.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (IsImpossible(At(items, ended[middle].End!.Value)))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return ended.Length == 0 ? (items, null) : (At(items, ended[high].End!.Value), ended[high]);
    }

    private static List<Item> At(List<Item> items, long moment)
    {
        var seen = new List<Item>();
        foreach (Item item in items)
        {
            if (item.Whole.Start <= moment)
            {
                bool isOpen = item.Whole.End is null || item.Whole.End > moment;
                seen.Add(isOpen ? item with { Seen = item.Seen with { Ok = null, End = null } } : item);
            }
        }

        return seen;
    }

    /// <summary>
    /// Leaves out what came before the latest moment from which on the rest is impossible by itself, see <see cref="Window"/>. Impossible in a stretch is impossible in a
    /// longer one with the same end, so doubling and halving finds it.
    /// </summary>
    private List<Item> Narrow(List<Item> items)
    {
        if (_fromAnyState || !Window.Applies(items.Select(static item => item.Seen)))
        {
            return items;
        }

        long[] starts = [.. items.Select(static item => item.Seen.Start).Distinct().OrderDescending()];
        int good = 0;
        while (good < starts.Length && !IsImpossibleFrom(items, starts[good]))
        {
            good = _budget.Exhausted is null ? (2 * good) + 1 : int.MaxValue;
        }

        if (good >= starts.Length)
        {
            return items;
        }

        int bad = (good - 1) / 2;
        while (bad + 1 < good)
        {
            int middle = (bad + good) / 2;
            (bad, good) = IsImpossibleFrom(items, starts[middle]) ? (bad, middle) : (middle, good);
        }

        _fromAnyState = true;
        return From(items, starts[good]);
    }

    private bool IsImpossibleFrom(List<Item> items, long from)
    {
        Operation[] seen = [.. From(items, from).Select(static item => item.Seen)];
        return seen.Length > 0 && Window.IsImpossible(seen, IsImpossible);
    }

    private static List<Item> From(List<Item> items, long from) =>
    [
        .. items.Select(item => (item, Seen: Window.Seen(item.Seen, from))).Where(static pair => pair.Seen is not null)
            .Select(static pair => pair.item with { Seen = pair.Seen! }),
    ];

    /// <summary>A read of what nobody writes is impossible alone.</summary>
    private List<Item> TakeOutAllBut(List<Item> items, Operation? culprit) => culprit is null
        ? items
        : Try(items, Enumerable.Range(0, items.Count).Where(index => !ReferenceEquals(items[index].Whole, culprit)));

    private List<Item> TakeOut(List<Item> items)
    {
        items = Try(items, Enumerable.Range(0, items.Count).Where(index => IsNegative(items[index].Seen)));
        for (int size = Math.Max(1, items.Count / 2); _budget.Exhausted is null; size /= 2)
        {
            bool again = true;
            while (again && _budget.Exhausted is null)
            {
                again = false;
                for (int first = 0; first < items.Count && _budget.Exhausted is null;)
                {
                    List<Item> fewer = Try(items, Enumerable.Range(first, Math.Min(size, items.Count - first)));
                    first += fewer.Count < items.Count ? 0 : size;
                    again |= size == 1 && fewer.Count < items.Count;
                    items = fewer;
                }
            }

            if (size <= 1)
            {
                break;
            }
        }

        return items;
    }

    /// <summary>The items without the given ones and what depends on them, if that is still impossible.</summary>
    private List<Item> Try(List<Item> items, IEnumerable<int> removed)
    {
        bool[]? gone = Closure(items, removed);
        if (gone is null)
        {
            return items;
        }

        var rest = items.Where((_, index) => !gone[index]).ToList();
        return rest.Count < items.Count && IsImpossible(rest) ? rest : items;
    }

    /// <summary>Everything that has to go with some operations; null if something must stay that forbids it.</summary>
    private static bool[]? Closure(List<Item> items, IEnumerable<int> removed)
    {
        var compiler = new StepCompiler();
        var steps = new List<Step>();
        int[] first = new int[items.Count + 1];
        for (int index = 0; index < items.Count; index++)
        {
            compiler.Compile(items[index].Seen, steps);
            first[index + 1] = steps.Count;
        }

        var observers = Enumerable.Range(0, items.Count)
            .SelectMany(index => steps[first[index]..first[index + 1]].Select(step => (step.Operand, Index: index)))
            .Where(static pair => pair.Operand != Step.Nothing)
            .ToLookup(static pair => pair.Operand, static pair => pair.Index);
        bool[] gone = new bool[items.Count];
        var waiting = new Stack<int>(removed);
        while (waiting.TryPop(out int index))
        {
            if (gone[index])
            {
                continue;
            }

            gone[index] = true;
            foreach (Step step in steps[first[index]..first[index + 1]].Where(static step => !step.IsReadOnly))
            {
                foreach (int observer in observers[step.Write])
                {
                    waiting.Push(observer);
                }
            }
        }

        return Forbids(items, steps, first, gone) ? null : gone;
    }

    private static bool Forbids(List<Item> items, List<Step> steps, int[] first, bool[] gone)
    {
        var written = new HashSet<int>();
        var negative = new HashSet<int>();
        for (int index = 0; index < items.Count; index++)
        {
            foreach (Step step in steps[first[index]..first[index + 1]])
            {
                if (gone[index] && !step.IsReadOnly)
                {
                    written.Add(step.Key);
                }
                else if (!gone[index] && step.IsNegative)
                {
                    negative.Add(step.Key);
                }
            }
        }

        return written.Overlaps(negative);
    }

    private static bool IsNegative(Operation operation)
    {
        var steps = new List<Step>();
        new StepCompiler().Compile(operation, steps);
        return steps.Exists(static step => step.IsNegative) && steps.TrueForAll(static step => step.IsReadOnly);
    }

    private bool IsImpossible(List<Item> items)
    {
        Operation[] seen = [.. items.Select(static item => item.Seen)];
        return _fromAnyState ? seen.Length > 0 && Window.IsImpossible(seen, IsImpossible) : IsImpossible(seen);
    }

    private bool IsImpossible(IReadOnlyList<Operation> seen)
    {
        if (!_budget.Take(0, 0))
        {
            return false;
        }

        var budget = new SearchBudget(_budget.Left, _bytes, long.MaxValue);
        return PartitionCheck.DecideDirectly(seen, budget) == Verdict.No;
    }
}
