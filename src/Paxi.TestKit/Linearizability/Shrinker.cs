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
    private readonly SearchBudget _budget;
    private readonly long _bytes;

    private Shrinker(CheckLimits limits)
    {
        _budget = new SearchBudget(limits.ShrinkTime, long.MaxValue, long.MaxValue);
        _bytes = limits.MemoryBytes;
    }

    /// <summary>A short impossible fragment of impossible operations, the best that was found in the time given.</summary>
    public static IReadOnlyList<FragmentOperation> Shrink(IReadOnlyList<Operation> operations, CheckLimits limits)
    {
        var shrinker = new Shrinker(limits);
        var items = operations.Select(static operation => new Item(operation, operation)).ToList();
        (items, Operation? culprit) = shrinker.Cut(items);
        items = shrinker.TakeOut(items);
        return
        [
            .. items
                .OrderBy(static item => item.Whole.Start)
                .Select(item => new FragmentOperation(
                    item.Whole, item.Seen.Ok is null, ReferenceEquals(item.Whole, culprit))),
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
                seen.Add(item with { Seen = isOpen ? item.Whole with { Ok = null, End = null } : item.Whole });
            }
        }

        return seen;
    }

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
        if (!_budget.Take(0, 0))
        {
            return false;
        }

        var budget = new SearchBudget(_budget.Left, _bytes, long.MaxValue);
        return LinearizabilityChecker.Decide([.. items.Select(static item => item.Seen)], budget, out _) == Verdict.No;
    }
}
