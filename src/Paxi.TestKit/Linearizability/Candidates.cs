using System.Numerics;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Chooses which open operations are worth linearizing next when a return demands one, and in which order to try
/// them: first what the demanded operation waits for, then by end.
/// </summary>
internal sealed class Candidates
{
    private readonly Problem _problem;
    private readonly int[] _class;
    private readonly int[] _bestOfClass;
    private readonly int[] _classStamp;
    private readonly int[] _wantedStamp;
    private readonly List<int> _classes = [];
    private int _stamp;

    /// <summary>Prepares for a problem.</summary>
    public Candidates(Problem problem)
    {
        _problem = problem;
        _wantedStamp = new int[problem.ValueCount];
        _class = new int[problem.Count];
        var numbers = new Dictionary<Step, int>();
        int classes = 0;
        for (int operation = 0; operation < problem.Count; operation++)
        {
            ReadOnlySpan<Step> steps = problem.StepsOf(operation);

            // Operations with the same single step can stand for each other, unless one has a successor that it
            // must precede at the same instant; then it is in a class of its own.
            if (steps.Length != 1 || problem.HasPredecessors)
            {
                _class[operation] = classes++;
            }
            else if (!numbers.TryGetValue(steps[0], out _class[operation]))
            {
                _class[operation] = classes;
                numbers.Add(steps[0], classes++);
            }
        }

        _bestOfClass = new int[classes];
        _classStamp = new int[classes];
    }

    /// <summary>Appends the candidates in the order of trial.</summary>
    /// <param name="demanded">The operation whose return demands that it be linearized.</param>
    /// <param name="search">The search in its present configuration.</param>
    /// <param name="choices">Where they go.</param>
    public void Collect(int demanded, Search search, List<int> choices)
    {
        _stamp++;
        _classes.Clear();
        bool negatives = MarkWanted(search);
        int first = choices.Count;
        for (int word = 0; word < search.OpenBits.Length; word++)
        {
            for (ulong bits = search.OpenBits[word]; bits != 0; bits &= bits - 1)
            {
                int operation = search.Occupant((word * 64) + BitOperations.TrailingZeroCount(bits));
                if (IsWorthwhile(operation, search, negatives))
                {
                    Consider(operation);
                }
            }
        }

        foreach (int candidate in _classes)
        {
            Place(_bestOfClass[candidate], demanded, choices, first);
        }
    }

    /// <summary>Marks the values that some open operation asks for.</summary>
    /// <returns>Whether some open operation may depend on a value being absent.</returns>
    private bool MarkWanted(Search search)
    {
        bool negatives = false;
        for (int word = 0; word < search.OpenBits.Length; word++)
        {
            for (ulong bits = search.OpenBits[word]; bits != 0; bits &= bits - 1)
            {
                int operation = search.Occupant((word * 64) + BitOperations.TrailingZeroCount(bits));
                foreach (Step step in _problem.StepsOf(operation))
                {
                    negatives |= step.IsNegative;
                    if (step.Operand != Step.Nothing)
                    {
                        _wantedStamp[step.Operand] = _stamp;
                    }
                }
            }
        }

        return negatives;
    }

    /// <summary>
    /// An optional operation on one key is linearized only if an open operation asks for the value that it writes.
    /// Otherwise nothing that is linearized up to the demanded return notices it: if one of them writes the key, it
    /// might as well not have happened, and if none does, it might as well come later. (That does not carry over to
    /// several keys, of which some may be overwritten and others not.)
    /// </summary>
    private bool IsWorthwhile(int operation, Search search, bool negatives)
    {
        ReadOnlySpan<Step> steps = _problem.StepsOf(operation);
        if (_problem.IsOptional(operation) && !negatives && steps.Length == 1 && _wantedStamp[steps[0].Write] != _stamp)
        {
            return false;
        }

        return search.IsReady(operation) && search.IsEnabled(operation);
    }

    /// <summary>
    /// Of operations with the same effect and the same requirement only the one that ends first is tried: in a
    /// linearization that takes another one here, the two can change places.
    /// </summary>
    private void Consider(int operation)
    {
        int number = _class[operation];
        if (_classStamp[number] != _stamp)
        {
            _classStamp[number] = _stamp;
            _bestOfClass[number] = operation;
            _classes.Add(number);
        }
        else if (IsBefore(operation, _bestOfClass[number]))
        {
            _bestOfClass[number] = operation;
        }
    }

    private bool IsBefore(int operation, int other) =>
        _problem.End(operation) != _problem.End(other)
            ? _problem.End(operation) < _problem.End(other)
            : operation < other;

    private void Place(int operation, int demanded, List<int> choices, int first)
    {
        bool serves = Serves(operation, demanded);
        int index = choices.Count;
        while (index > first)
        {
            bool otherServes = Serves(choices[index - 1], demanded);
            bool goesBefore = serves != otherServes ? serves : IsBefore(operation, choices[index - 1]);
            if (!goesBefore)
            {
                break;
            }

            index--;
        }

        choices.Insert(index, operation);
    }

    private bool Serves(int operation, int demanded)
    {
        foreach (Step wanted in _problem.StepsOf(demanded))
        {
            foreach (Step step in _problem.StepsOf(operation))
            {
                if (wanted.Requirement == Requirement.Equal && !step.IsReadOnly && step.Write == wanted.Operand)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
