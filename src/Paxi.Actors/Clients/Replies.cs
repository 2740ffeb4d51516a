using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

/// <summary>The ends that a client gives to a command.</summary>
internal static class Replies
{
    public const string Overloaded = "overloaded, retry";
    public const string Stopped = "the client stopped";
    public const string CancelledUnsent = "cancelled before it was sent";

    public static Reply Failed(string error) => new() { Outcome = Outcome.Failed, Error = error };

    public static Reply Unknown(string error) => new() { Outcome = Outcome.Unknown, Error = error };

    /// <summary>What a status that ends a command means for it; <see cref="CommandStatus.SessionExpired"/> is not among them.</summary>
    public static Reply Of(PendingCommand command, CommandStatus status, ReadOnlyMemory<byte> body, ClientReplies from)
    {
        switch (status)
        {
            case CommandStatus.Done:
                return Done(command, body, from);
            case CommandStatus.Invalid when command.IsRead || !command.WasSentUnlike:
                return Failed($"invalid: {Encoding.UTF8.GetString(body.Span)}");
            case CommandStatus.Invalid:
                // The table refuses a number that is too far above the lowest one; another copy, with a higher lowest one, may have passed.
                return Unknown($"one copy was invalid: {Encoding.UTF8.GetString(body.Span)}");
            case CommandStatus.AlreadyAnswered:
                return Unknown("an earlier copy may have taken effect; the session keeps no result");
            case CommandStatus.ResultDropped:
                return Unknown("it took effect once, but the replicas kept no room for its result");
            default:
                return Unknown($"the replica answered with status {(byte)status}");
        }
    }

    private static Reply Done(PendingCommand command, ReadOnlyMemory<byte> body, ClientReplies from)
    {
        try
        {
            return KeyValueCodec.ReadResult(command.Command!, body) with
            {
                Slot = from.Slot,
                Ballot = from.Ballot,
                Executed = from.Executed,
                Leader = from.Leader,
            };
        }
        catch (WireFormatException fault)
        {
            return Unknown($"it was executed, but the result cannot be read: {fault.Message}");
        }
    }
}
