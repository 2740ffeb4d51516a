using Akka.Actor;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

/// <summary>
/// A command from its acceptance to its end, with whoever waits for it. It ends once. Only the client actor touches it after it was handed
/// over.
/// </summary>
internal sealed class PendingCommand
{
    private const int KeptWriterBytes = 64 << 10;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    [ThreadStatic]
    private static WireWriter? s_writer;

    private readonly IActorRef? _asker;
    private readonly TaskCompletionSource<Reply>? _completion;

    private PendingCommand(Command? command, ReadOnlyMemory<byte> body, IActorRef? asker, TaskCompletionSource<Reply>? completion)
    {
        (Command, Body, _asker, _completion) = (command, body, asker, completion);
    }

    /// <summary>Null for the command that opens the session.</summary>
    public Command? Command { get; }

    public bool IsOpening => Command is null;

    /// <summary>In the encoding of the state machine.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>
    /// It certainly changes nothing, so it may be executed twice. A command of the user's own state machine only says so of itself:
    /// outside the log the replica checks that, in the log nobody does.
    /// </summary>
    public bool IsRead { get; private set; }

    /// <summary>How it is answered; <see cref="ReadMode.Log"/> for all that writes.</summary>
    public ReadMode Mode { get; private set; }

    /// <summary>In ticks of the scheduler's monotonic clock.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>0 while it has none.</summary>
    public long Sequence { get; set; }

    /// <summary>The number of the message in which it was last sent.</summary>
    public long Request { get; set; }

    /// <summary>How often it was sent, under whatever sequence number.</summary>
    public int Sends { get; set; }

    /// <summary>When it is to be sent again, in ticks of the scheduler's monotonic clock.</summary>
    public long RetryAt { get; set; }

    /// <summary>It was refused since it was last sent.</summary>
    public bool WasRefused { get; set; }

    /// <summary>The lowest outstanding number with which it was first sent.</summary>
    public long FirstLowest { get; set; }

    /// <summary>It was sent with different lowest outstanding numbers, so its copies are not all alike to the session table.</summary>
    public bool WasSentUnlike { get; set; }

    public bool IsAccepted { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>The command that opens a session: a body of no bytes.</summary>
    public static PendingCommand Opening() => new(null, default, null, null);

    /// <exception cref="InvalidCommandException">It cannot be encoded; the message says why.</exception>
    public static PendingCommand Of(Command command, IActorRef asker) => new(command, Encode(command), asker, null);

    /// <exception cref="InvalidCommandException">It cannot be encoded; the message says why.</exception>
    public static PendingCommand Of(Command command, TaskCompletionSource<Reply> completion) => new(command, Encode(command), null, completion);

    /// <summary>Settles how it is answered and until when.</summary>
    public void Accept(ClientSettings settings, long now)
    {
        var isReadOnly = KeyValueCodec.IsReadOnly(Command!);
        Mode = isReadOnly ? Command!.Mode ?? settings.ReadMode : ReadMode.Log;
        IsRead = isReadOnly && (Mode != ReadMode.Log || Command is not Invoke);
        IsAccepted = true;
        Deadline = now + (Command!.Timeout ?? settings.Timeout).Ticks;
    }

    /// <summary>Hands the reply to whoever waits, unless it ended before.</summary>
    public void End(Reply reply)
    {
        if (IsOver)
        {
            return;
        }

        IsOver = true;
        _completion?.TrySetResult(reply);
        if (_asker is not null && !_asker.IsNobody())
        {
            _asker.Tell(reply, ActorRefs.NoSender);
        }
    }

    private static byte[] Encode(Command command)
    {
        if (command.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestTimeout))
        {
            throw new InvalidCommandException($"a timeout is between 0 and {LongestTimeout.TotalHours} hours; this one is {timeout}");
        }

        if (command.Mode is { } mode && mode > ReadMode.Any)
        {
            throw new InvalidCommandException($"{(byte)mode} is no read mode");
        }

        var writer = s_writer ??= new WireWriter();
        writer.Clear();
        KeyValueCodec.Write(command, writer);
        if (writer.Length > KeptWriterBytes)
        {
            s_writer = null;
        }

        return writer.ToArray();
    }
}
