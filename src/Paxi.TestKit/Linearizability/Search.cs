using System.Numerics;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Searches for a linearization of a partition. The method is Wing and Gong's depth-first search over the operations
/// that may come next (J. M. Wing, C. Gong, "Testing and Verifying Concurrent Objects", JPDC 17, 1993), with Lowe's
/// two improvements: configurations met before are not entered again, and an operation is linearized only when a
/// return demands it (G. Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017, sections 4
/// and 5). To this come reductions that lose no answer; each states why at its place.
/// </summary>
internal sealed class Search
{
    private readonly Problem _problem;
    private readonly SearchBudget _budget;
    private readonly Slots _slots;
    private readonly ValueCounts _counts;
    private readonly Candidates _candidates;
    private readonly ConfigurationSet _visited;
    private readonly StateTable? _states;
    private readonly bool[] _isReadOnly;
    private readonly int[] _occupant;
    private readonly ulong[] _open;
    private readonly List<Frame> _frames = [];
    private readonly List<ulong> _savedOpen = [];
    private readonly List<int> _choices = [];
    private readonly List<int> _order = [];
    private int _position;
    private int _state;
    private long _reportedBytes;
    private bool _begun;

    /// <summary>Prepares the search of a problem; <see cref="Run"/> runs it, once.</summary>
    public Search(Problem problem, SearchBudget budget)
    {
        _problem = problem;
        _budget = budget;
        _slots = new Slots(problem);
        _counts = new ValueCounts(problem);
        _open = new ulong[_slots.KnownWords + _slots.OptionalWords];
        _occupant = new int[_open.Length * 64];
        Array.Fill(_occupant, -1);
        _visited = new ConfigurationSet(_slots.KnownWords, _slots.OptionalWords);
        _states = problem.IsSimple ? null : new StateTable(problem.Initial);
        _state = _states?.Initial ?? (problem.Initial.Length > 0 ? problem.Initial[0] : 0);
        _isReadOnly = new bool[problem.Count];
        for (int operation = 0; operation < problem.Count; operation++)
        {
            _isReadOnly[operation] = !problem.StepsOf(operation).ContainsAnyWrite();
        }

        _candidates = new Candidates(problem);
    }

    private readonly record struct Frame(int Position, int State, int Linearized, int FirstChoice, int NextChoice);

    /// <summary>After a yes: the linearization that was found; optional operations that did not happen are absent.</summary>
    public IReadOnlyList<int> Order => _order;

    /// <summary>Runs the search to its end or to a limit.</summary>
    public Verdict Run()
    {
        try
        {
            return Run(long.MaxValue);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Begins the search, or goes on with it, for so many configurations; unknown when they are used up. In the end <see cref="Release"/> it.</summary>
    public Verdict Run(long configurations)
    {
        if (!_begun)
        {
            _begun = true;
            if (_counts.Phantom() >= 0)
            {
                return Verdict.No;
            }

            LinearizeReads();
            if (Advance())
            {
                return Verdict.Yes;
            }

            Push();
        }

        return Explore(configurations);
    }

    /// <summary>The memory that it holds.</summary>
    public long HeldBytes => Bytes();

    /// <summary>Gives back the memory that it took from the budget.</summary>
    public void Release()
    {
        _budget.Return(_reportedBytes);
        _reportedBytes = 0;
    }

    private Verdict Explore(long configurations)
    {
        int steps = 0;
        while (_frames.Count > 0)
        {
            if (configurations-- <= 0)
            {
                return Verdict.Unknown;
            }

            if (++steps >= _budget.Interval)
            {
                long bytes = Bytes();
                if (!_budget.Take(bytes - _reportedBytes, steps))
                {
                    _reportedBytes = bytes;
                    return Verdict.Unknown;
                }

                (_reportedBytes, steps) = (bytes, 0);
            }

            Frame frame = _frames[^1];
            Restore(frame);
            if (frame.NextChoice == _choices.Count)
            {
                Pop(frame);
                continue;
            }

            _frames[^1] = frame with { NextChoice = frame.NextChoice + 1 };
            if (!Linearize(_choices[frame.NextChoice]))
            {
                continue;
            }

            if (Advance())
            {
                return Verdict.Yes;
            }

            if (_visited.Add(_position, _state, _open))
            {
                Push();
            }
        }

        return Verdict.No;
    }

    private long Bytes() =>
        _visited.Bytes + (_states?.Bytes ?? 0) + (_savedOpen.Capacity * 8L) + (_frames.Capacity * 20L);

    /// <summary>Goes over the events until a return demands an operation that is not linearized yet.</summary>
    /// <returns>True when there is none: everything that must happen has happened.</returns>
    private bool Advance()
    {
        int[] events = _problem.Events;
        for (; _position < events.Length; _position++)
        {
            int operation = events[_position] >> 1;
            if ((events[_position] & 1) == 0)
            {
                Open(operation);
                if (_isReadOnly[operation] && IsReady(operation) && IsEnabled(operation))
                {
                    Take(operation);
                }
            }
            else if (IsOpen(operation))
            {
                return false;
            }
        }

        return true;
    }

    private void Push()
    {
        int first = _choices.Count;
        _candidates.Collect(_problem.Events[_position] >> 1, this, _choices);
        _frames.Add(new Frame(_position, _state, _order.Count, first, first));
        _savedOpen.AddRange(_open);
    }

    private void Pop(Frame frame)
    {
        _choices.RemoveRange(frame.FirstChoice, _choices.Count - frame.FirstChoice);
        _savedOpen.RemoveRange(_savedOpen.Count - _open.Length, _open.Length);
        _frames.RemoveAt(_frames.Count - 1);
    }

    private void Restore(Frame frame)
    {
        while (_position > frame.Position)
        {
            int happening = _problem.Events[--_position];
            if ((happening & 1) == 0)
            {
                _occupant[_slots.Of[happening >> 1]] = _slots.PreviousInSlot[happening >> 1];
            }
        }

        for (int index = _order.Count - 1; index >= frame.Linearized; index--)
        {
            _counts.Restore(_order[index]);
        }

        _order.RemoveRange(frame.Linearized, _order.Count - frame.Linearized);
        _state = frame.State;
        _savedOpen.CopyTo(_savedOpen.Count - _open.Length, _open, 0, _open.Length);
    }

    /// <summary>Linearizes an enabled operation, and with it all that costs nothing.</summary>
    /// <returns>False if the new state is a dead end.</returns>
    private bool Linearize(int operation)
    {
        if (_problem.IsSimple && _problem.StepsOf(operation)[0].Requirement == Requirement.None)
        {
            HideUnused(operation);
        }

        Take(operation);
        int before = _state;
        _state = StateAfter(operation, before);
        if (LosesNeeded(operation, before))
        {
            return false;
        }

        LinearizeReads();
        return true;
    }

    /// <summary>
    /// A blind write hides whatever stands just before it. So an open blind write of a value that nobody can use any
    /// more, and whose absence nobody can notice, goes there: in any linearization it can be moved there from later,
    /// since nobody saw it where it was.
    /// </summary>
    private void HideUnused(int writer)
    {
        if (_problem.HasNegatives)
        {
            return;
        }

        for (int word = 0; word < _slots.KnownWords; word++)
        {
            for (ulong bits = _open[word]; bits != 0; bits &= bits - 1)
            {
                int operation = _occupant[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                Step step = _problem.StepsOf(operation)[0];
                if (operation != writer && step.Requirement == Requirement.None && _counts.IsUnused(step.Write)
                    && IsReady(operation))
                {
                    Take(operation);
                }
            }
        }
    }

    /// <summary>
    /// Reads that the state answers are linearized at once: they change nothing, so in any linearization they can be
    /// moved here from later.
    /// </summary>
    private void LinearizeReads()
    {
        bool again = true;
        while (again)
        {
            again = false;
            for (int word = 0; word < _slots.KnownWords; word++)
            {
                for (ulong bits = _open[word]; bits != 0; bits &= bits - 1)
                {
                    int operation = _occupant[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                    if (_isReadOnly[operation] && IsEnabled(operation) && IsReady(operation))
                    {
                        Take(operation);
                        again = _problem.HasPredecessors;
                    }
                }
            }
        }
    }

    private bool LosesNeeded(int operation, int before)
    {
        if (_states is null)
        {
            return _state != before && _counts.IsIrreplaceable(before);
        }

        foreach (Step step in _problem.StepsOf(operation))
        {
            int value = _states.Get(before, step.Key);
            if (value != _states.Get(_state, step.Key) && _counts.IsIrreplaceable(value))
            {
                return true;
            }
        }

        return false;
    }

    private void Take(int operation)
    {
        int slot = _slots.Of[operation];
        _open[slot >> 6] &= ~(1UL << slot);
        _order.Add(operation);
        _counts.Remove(operation);
    }

    private void Open(int operation)
    {
        int slot = _slots.Of[operation];
        _open[slot >> 6] |= 1UL << slot;
        _occupant[slot] = operation;
    }

    private bool IsOpen(int operation)
    {
        int slot = _slots.Of[operation];
        return _occupant[slot] == operation && (_open[slot >> 6] & (1UL << slot)) != 0;
    }

    /// <summary>The bits of the open operations.</summary>
    internal ReadOnlySpan<ulong> OpenBits => _open;

    /// <summary>The operation that has a bit now.</summary>
    internal int Occupant(int slot) => _occupant[slot];

    /// <summary>Whether the operation that must come before has come.</summary>
    internal bool IsReady(int operation) =>
        _problem.Predecessor[operation] < 0 || !IsOpen(_problem.Predecessor[operation]);

    /// <summary>Whether the state lets the operation come next with the answers that it had.</summary>
    internal bool IsEnabled(int operation) =>
        _states is null ? _problem.StepsOf(operation)[0].Allows(_state) : StateAfter(operation, _state) >= 0;

    /// <summary>Whether somebody can still use the value.</summary>
    internal bool IsUnused(int value) => _counts.IsUnused(value);

    private int StateAfter(int operation, int state)
    {
        ReadOnlySpan<Step> steps = _problem.StepsOf(operation);
        if (_states is null)
        {
            return steps[0].After(state);
        }

        foreach (Step step in steps)
        {
            int value = _states.Get(state, step.Key);
            if (!step.Allows(value))
            {
                return -1;
            }

            int after = step.After(value);
            state = after == value ? state : _states.With(state, step.Key, after);
        }

        return state;
    }
}

/// <summary>Small helpers over steps.</summary>
internal static class StepSpans
{
    /// <summary>Whether any of the steps may write.</summary>
    public static bool ContainsAnyWrite(this ReadOnlySpan<Step> steps)
    {
        foreach (Step step in steps)
        {
            if (!step.IsReadOnly)
            {
                return true;
            }
        }

        return false;
    }
}
