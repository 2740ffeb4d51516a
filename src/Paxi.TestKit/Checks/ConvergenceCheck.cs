namespace Paxi.TestKit.Checks;

/// <summary>
/// When the faults are over and everything decided is executed, the state machines of all replicas are equal, byte for byte, and equal to one that executed the
/// decided commands once and never crashed.
/// </summary>
public sealed class ConvergenceCheck : Check
{
    public override string Name => "states equal";

    public override string Source => "Schneider, Implementing Fault-Tolerant Services (1990), section 2: replica coordination";

    public override void Converged(IReadOnlyList<FinalState> states)
    {
        foreach (var state in states)
        {
            var difference = Difference(state.Snapshot.Span, states[0].Snapshot.Span);
            if (difference is not null)
            {
                Violate($"the states of {states[0].Replica} and {state.Replica} differ: {difference}");
                return;
            }

            if (state.Expected is { } expected && Difference(state.Snapshot.Span, expected.Span) is { } fault)
            {
                Violate($"the state of {state.Replica} is not what the decided commands give: {fault}");
                return;
            }
        }
    }

    private static string? Difference(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
        {
            return null;
        }

        return $"{one.Length} and {other.Length} bytes, the first difference at byte {one.CommonPrefixLength(other)}";
    }
}
