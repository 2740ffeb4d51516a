using System.Runtime.InteropServices;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// A partition made ready for the search: the operations that matter as steps, by start, and the sequence of their
/// calls and returns. At one instant calls come before returns, so operations that merely touch are concurrent;
/// only those of one client keep their order, as <see cref="Predecessor"/>.
/// </summary>
internal sealed class Problem
{
    private Problem(List<Operation> sources) => Sources = sources;

    /// <summary>The operations, by start; what had no effect for certain, or cannot matter, is left out.</summary>
    public List<Operation> Sources { get; private set; }

    /// <summary>All steps, operation after operation.</summary>
    public Step[] Steps { get; private set; } = [];

    /// <summary>Where the steps of an operation begin; one more entry than operations.</summary>
    public int[] FirstStep { get; private set; } = [];

    /// <summary>Calls (2·operation) and returns (2·operation + 1), by time. Unknown outcomes have no return.</summary>
    public int[] Events { get; private set; } = [];

    /// <summary>An operation of the same client that ended at the very instant at which this one started; -1 for none.</summary>
    public int[] Predecessor { get; private set; } = [];

    /// <summary>Whether any operation has a predecessor.</summary>
    public bool HasPredecessors { get; private set; }

    /// <summary>The value of each key before the history.</summary>
    public int[] Initial { get; private set; } = [];

    /// <summary>How many values there are.</summary>
    public int ValueCount { get; private set; }

    /// <summary>Whether some operation may depend on a key not holding a value.</summary>
    public bool HasNegatives { get; private set; }

    /// <summary>One key, and one step an operation.</summary>
    public bool IsSimple { get; private set; }

    /// <summary>How many operations there are.</summary>
    public int Count => Sources.Count;

    /// <summary>When an operation started.</summary>
    public long Start(int operation) => Sources[operation].Start;

    /// <summary>When an operation ended; the end of time for an unknown outcome.</summary>
    public long End(int operation) => Sources[operation].End ?? long.MaxValue;

    /// <summary>Whether the operation may never have happened.</summary>
    public bool IsOptional(int operation) => Sources[operation].Ok is null;

    /// <summary>The steps of an operation.</summary>
    public ReadOnlySpan<Step> StepsOf(int operation) =>
        Steps.AsSpan(FirstStep[operation], FirstStep[operation + 1] - FirstStep[operation]);

    /// <summary>Builds the problem of the operations of one partition, in any order.</summary>
    public static Problem Build(IEnumerable<Operation> operations)
    {
        var sources = operations.Where(static operation => operation.Ok != false).ToList();
        bool sorted = true;
        for (int index = 1; index < sources.Count && sorted; index++)
        {
            sorted = ByTime(sources[index - 1], sources[index]) <= 0;
        }

        var problem = new Problem(sorted ? sources : [.. sources.Order(Comparer<Operation>.Create(ByTime))]);
        problem.Compile();
        problem.BuildEvents();
        problem.FindPredecessors();
        return problem;
    }

    private static int ByTime(Operation a, Operation b) =>
        a.Start != b.Start ? a.Start.CompareTo(b.Start) : (a.End ?? long.MaxValue).CompareTo(b.End ?? long.MaxValue);

    private void Compile()
    {
        var compiler = new StepCompiler();
        var steps = new List<Step>(Count);
        var first = new List<int>(Count + 1);
        foreach (Operation source in Sources)
        {
            first.Add(steps.Count);
            compiler.Compile(source, steps);
        }

        first.Add(steps.Count);
        ValueCount = compiler.ValueCount;
        Initial = [.. Enumerable.Range(0, compiler.KeyCount).Select(compiler.Absent)];
        (Steps, FirstStep) = (steps.ToArray(), first.ToArray());
        DropUseless();
        HasNegatives = Steps.Any(static step => step.IsNegative);
        IsSimple = Initial.Length <= 1 && Steps.Length == Count;
        MergeUnobserved(compiler);
    }

    /// <summary>
    /// Leaves out the optional operations that only write what nobody can observe. Sound and complete: without
    /// negative steps, a write whose value is never observed can be taken out of any order of the operations
    /// without changing what the others find; and never having happened is one of the fates of an unknown outcome.
    /// Repeats, because an unknown compare-and-set left out observes nothing any more.
    /// </summary>
    private void DropUseless()
    {
        bool[] dropped = new bool[Count];
        int[] observers = new int[ValueCount];
        bool negative = false;
        foreach (Step step in Steps)
        {
            negative |= step.IsNegative;
            Observe(step, observers, 1);
        }

        bool again = true;
        while (again)
        {
            again = false;
            for (int operation = 0; operation < Count; operation++)
            {
                if (!dropped[operation] && IsOptional(operation) && IsUseless(operation, observers, negative))
                {
                    dropped[operation] = again = true;
                    foreach (Step step in StepsOf(operation))
                    {
                        Observe(step, observers, -1);
                    }
                }
            }
        }

        if (dropped.Contains(true))
        {
            Keep([.. Enumerable.Range(0, Count).Where(operation => !dropped[operation])]);
        }
    }

    private static void Observe(Step step, int[] observers, int change)
    {
        if (step.Operand != Step.Nothing)
        {
            observers[step.Operand] += change;
        }
    }

    private bool IsUseless(int operation, int[] observers, bool negative)
    {
        foreach (Step step in StepsOf(operation))
        {
            if (!step.IsReadOnly && (negative || observers[step.Write] > 0))
            {
                return false;
            }
        }

        return true;
    }

    private void Keep(int[] kept)
    {
        var steps = new List<Step>(Steps.Length);
        var first = new List<int>(kept.Length + 1);
        foreach (int operation in kept)
        {
            first.Add(steps.Count);
            steps.AddRange(StepsOf(operation));
        }

        first.Add(steps.Count);
        Sources = [.. kept.Select(operation => Sources[operation])];
        (Steps, FirstStep) = (steps.ToArray(), first.ToArray());
    }

    /// <summary>Values of a key that no step mentions but to write them cannot be told apart: they become one.</summary>
    private void MergeUnobserved(StepCompiler compiler)
    {
        bool[] observed = new bool[ValueCount];
        foreach (Step step in Steps)
        {
            if (step.Operand != Step.Nothing)
            {
                observed[step.Operand] = true;
            }
        }

        for (int index = 0; index < Steps.Length; index++)
        {
            ref Step step = ref Steps[index];
            if (step.Write != Step.Nothing && !observed[step.Write])
            {
                step = step with { Write = compiler.ValueCount + step.Key };
            }
        }

        ValueCount = compiler.ValueCount + Initial.Length;
    }

    private void BuildEvents()
    {
        int[] returns = [.. Enumerable.Range(0, Count).Where(operation => !IsOptional(operation))];
        long[] ends = Array.ConvertAll(returns, End);
        Array.Sort(ends, returns);
        Events = new int[Count + returns.Length];
        int call = 0, position = 0;
        for (int index = 0; index < returns.Length; index++)
        {
            while (call < Count && Start(call) <= ends[index])
            {
                Events[position++] = 2 * call++;
            }

            Events[position++] = (2 * returns[index]) + 1;
        }

        while (call < Count)
        {
            Events[position++] = 2 * call++;
        }
    }

    private void FindPredecessors()
    {
        Predecessor = new int[Count];
        var last = new Dictionary<long, int>();
        for (int operation = 0; operation < Count; operation++)
        {
            ref int previous = ref CollectionsMarshal.GetValueRefOrAddDefault(
                last, Sources[operation].Client, out bool exists);
            bool touches = exists && End(previous) == Start(operation);
            Predecessor[operation] = touches ? previous : -1;
            HasPredecessors |= touches;
            if (!exists || !IsOptional(operation))
            {
                previous = operation;
            }
        }
    }
}
