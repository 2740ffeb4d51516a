using System.Buffers;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>One session as one would write it down; what both models have in common.</summary>
internal class ModelSession(long lowest)
{
    /// <summary>Everything below was answered.</summary>
    public long Lowest { get; private set; } = lowest;

    public SortedDictionary<long, (CommandStatus Status, byte[] Result)> Results { get; } = [];

    public int Bytes => Results.Values.Sum(result => result.Result.Length);

    public void AdvanceTo(long lowest)
    {
        Lowest = Math.Max(Lowest, lowest);
        foreach (var sequence in Results.Keys.Where(sequence => sequence < Lowest).ToList())
        {
            Results.Remove(sequence);
        }
    }

    /// <summary>How the command ends when it is not to be executed, and the rule that is no status; null when it is to be.</summary>
    public ((CommandStatus Status, byte[] Result) Ended, string? Rule)? Known(BatchReader command, int maxOutstanding)
    {
        if (command.Sequence < Lowest)
        {
            return ((CommandStatus.AlreadyAnswered, []), null);
        }

        if (command.Sequence > command.Lowest + maxOutstanding)
        {
            return ((CommandStatus.Invalid, Encoding.UTF8.GetBytes(
                $"sequence number {command.Sequence} is more than {maxOutstanding} above the lowest outstanding one, {command.Lowest}")), null);
        }

        return Results.TryGetValue(command.Sequence, out var known) ? (known, "duplicate") : null;
    }

    /// <summary>The result of the smallest number that has one goes; that the command was executed stays.</summary>
    public void DropOldest()
    {
        var (sequence, (status, _)) = Results.First(pair => pair.Value.Result.Length > 0);
        Results[sequence] = (status == CommandStatus.Done ? CommandStatus.ResultDropped : status, []);
    }
}

internal static class ModelMachines
{
    /// <summary>Executes one command: its result, or the reason why it was refused.</summary>
    public static (CommandStatus Status, byte[] Result) Run(this IStateMachine machine, ReadOnlyMemory<byte> body)
    {
        try
        {
            var result = new ArrayBufferWriter<byte>();
            machine.Execute(body.Span, result);
            return (CommandStatus.Done, result.WrittenSpan.ToArray());
        }
        catch (InvalidCommandException fault)
        {
            return (CommandStatus.Invalid, Encoding.UTF8.GetBytes(fault.Message));
        }
    }
}
