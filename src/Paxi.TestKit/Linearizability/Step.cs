namespace Paxi.TestKit.Linearizability;

/// <summary>What a step asks of the value that it finds.</summary>
internal enum Requirement : byte
{
    /// <summary>Nothing: a blind write.</summary>
    None,

    /// <summary>The operand must be there.</summary>
    Equal,

    /// <summary>Anything but the operand must be there.</summary>
    NotEqual,

    /// <summary>Nothing, but the step writes only if the operand is there: a compare-and-set of unknown outcome.</summary>
    WriteIfEqual,
}

/// <summary>
/// The smallest effect on one key. Values are numbers that are unique over the keys of a partition; a value's number
/// therefore tells its key. Every completed operation becomes a sequence of such steps, its answers turned into
/// requirements, so that the search knows nothing of gets, sets and compare-and-sets.
/// </summary>
/// <param name="Key">The key's number in its partition.</param>
/// <param name="Requirement">What must be found.</param>
/// <param name="Operand">The value that the requirement speaks of; -1 for none.</param>
/// <param name="Write">The value written; -1 for none.</param>
/// <param name="IsOuter">True when no step before it in the same operation writes the key.</param>
internal readonly record struct Step(int Key, Requirement Requirement, int Operand, int Write, bool IsOuter)
{
    public const int Nothing = -1;

    /// <summary>Whether the step writes in no state.</summary>
    public bool IsReadOnly => Write == Nothing;

    /// <summary>Whether the step may depend on a value being absent from the key.</summary>
    public bool IsNegative => Requirement is Requirement.NotEqual or Requirement.WriteIfEqual;

    /// <summary>Whether the step can be taken when the key holds a value.</summary>
    public bool Allows(int value) => Requirement switch
    {
        Requirement.Equal => value == Operand,
        Requirement.NotEqual => value != Operand,
        _ => true,
    };

    /// <summary>The value of the key after the step.</summary>
    public int After(int value) =>
        Write == Nothing || (Requirement == Requirement.WriteIfEqual && value != Operand) ? value : Write;
}
