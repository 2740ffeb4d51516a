namespace Paxi.TestKit.Linearizability;

/// <summary>
/// For each value, how many of the operations that are not yet linearized need it, could use it, and could write it.
/// A state that loses a value which is still needed and which nobody can write again is a dead end, long before the
/// operation that needs it comes up.
/// </summary>
internal sealed class ValueCounts
{
    private readonly Problem _problem;
    private readonly int[] _needing;
    private readonly int[] _using;
    private readonly int[] _writing;

    /// <summary>Counts for a problem of which nothing is linearized.</summary>
    public ValueCounts(Problem problem)
    {
        _problem = problem;
        _needing = new int[problem.ValueCount];
        _using = new int[problem.ValueCount];
        _writing = new int[problem.ValueCount];
        for (int operation = 0; operation < problem.Count; operation++)
        {
            Change(operation, 1);
        }
    }

    /// <summary>The operation is linearized now.</summary>
    public void Remove(int operation) => Change(operation, -1);

    /// <summary>The operation is no longer linearized.</summary>
    public void Restore(int operation) => Change(operation, 1);

    /// <summary>Whether nobody can use the value any more, whatever comes.</summary>
    public bool IsUnused(int value) => _using[value] == 0;

    /// <summary>Whether the value is needed and, once gone, gone for good.</summary>
    public bool IsIrreplaceable(int value) => _needing[value] > 0 && _writing[value] == 0;

    /// <summary>A value that is needed, is not there at the start, and is written by nobody; -1 if there is none.</summary>
    public int Phantom()
    {
        for (int value = 0; value < _needing.Length; value++)
        {
            if (IsIrreplaceable(value) && !_problem.Initial.Contains(value))
            {
                return value;
            }
        }

        return -1;
    }

    private void Change(int operation, int change)
    {
        bool isOptional = _problem.IsOptional(operation);
        foreach (Step step in _problem.StepsOf(operation))
        {
            if (step.Operand != Step.Nothing)
            {
                _using[step.Operand] += change;
                bool needs = step is { Requirement: Requirement.Equal, IsOuter: true } && !isOptional;
                _needing[step.Operand] += needs ? change : 0;
            }

            if (!step.IsReadOnly)
            {
                _writing[step.Write] += change;
            }
        }
    }
}
