using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Turns the operations of one partition into steps. A set, delete or compare-and-set with a result found that value.
/// An operation of unknown outcome has no answers and so requires nothing, except that a lone compare-and-set of
/// unknown outcome takes effect only where it finds what it expects: not having swapped is the same as never
/// having happened.
/// </summary>
internal sealed class StepCompiler
{
    private readonly Dictionary<string, int> _keys = [];
    private readonly Dictionary<(int Key, string Value), int> _values = [];
    private readonly List<int> _absent = [];
    private int _count;

    /// <summary>How many keys were met.</summary>
    public int KeyCount => _keys.Count;

    /// <summary>How many values were met, absence of each key included.</summary>
    public int ValueCount => _count;

    /// <summary>The value that stands for a key's absence.</summary>
    public int Absent(int key) => _absent[key];

    /// <summary>Appends the steps of an operation.</summary>
    public void Compile(Operation operation, List<Step> steps)
    {
        int first = steps.Count;
        if (operation.Kind != OperationKind.Transaction)
        {
            CompilePart(operation, operation.Ok, isAlone: true, steps, first);
            return;
        }

        foreach (Operation part in operation.Parts)
        {
            CompilePart(part, operation.Ok, isAlone: false, steps, first);
        }
    }

    private void CompilePart(Operation part, bool? ok, bool isAlone, List<Step> steps, int first)
    {
        int key = KeyNumber(part.Key);
        void Add(Requirement requirement, int operand, int write)
        {
            bool isOuter = true;
            for (int step = first; step < steps.Count; step++)
            {
                isOuter &= steps[step].Key != key || steps[step].IsReadOnly;
            }

            // Requiring a value and writing the same one is reading it.
            int effect = requirement == Requirement.Equal && operand == write ? Step.Nothing : write;
            steps.Add(new Step(key, requirement, operand, effect, isOuter));
        }

        bool known = ok == true;
        bool found = known && part.Result is not null;
        switch (part.Kind)
        {
            case OperationKind.Get when known:
                Add(Requirement.Equal, Value(key, part.Result), Step.Nothing);
                break;
            case OperationKind.Set or OperationKind.Delete:
                int written = Value(key, part.Kind == OperationKind.Set ? part.Value : null);
                Requirement requirement = found ? Requirement.Equal : Requirement.None;
                Add(requirement, found ? Value(key, part.Result) : Step.Nothing, written);
                break;
            case OperationKind.CompareAndSet:
                int expected = Value(key, part.Expected);
                if (found && (part.Swapped == false || part.Result != part.Expected))
                {
                    Add(Requirement.Equal, Value(key, part.Result), Step.Nothing);
                }

                if (known && part.Swapped == false)
                {
                    if (!found || part.Result == part.Expected)
                    {
                        Add(Requirement.NotEqual, expected, Step.Nothing);
                    }
                }
                else
                {
                    bool isSure = known || isAlone;
                    Add(isSure ? Requirement.Equal : Requirement.WriteIfEqual, expected, Value(key, part.Value));
                }

                break;
        }
    }

    private int KeyNumber(string name)
    {
        if (!_keys.TryGetValue(name, out int key))
        {
            key = _keys.Count;
            _keys.Add(name, key);
            _absent.Add(_count++);
        }

        return key;
    }

    private int Value(int key, string? value)
    {
        if (value is null)
        {
            return _absent[key];
        }

        if (!_values.TryGetValue((key, value), out int number))
        {
            number = _count++;
            _values.Add((key, value), number);
        }

        return number;
    }
}
