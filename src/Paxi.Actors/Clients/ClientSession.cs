using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <summary>
/// The commands of a client that are answered in one way, with their sequence numbers. What goes through the log belongs to a session
/// proper: opened first, and the replicas keep its table, so that a retried command takes effect once. Reads outside the log need no such
/// table; each mode has a session of its own that is never opened, so that they neither wait for the log nor hold its numbers up.
/// </summary>
internal sealed partial class ClientSession
{
    /// <summary>A block is cut when it would grow past this; a longer command goes alone.</summary>
    public const int MaxBlockBytes = 512 << 10;

    private readonly ClientSettings _settings;
    private readonly IRequestSink _sink;
    private readonly Random _random;
    private readonly CommandWindow _window;
    private readonly List<PendingCommand> _block = [];
    private readonly List<(long Sequence, ReadOnlyMemory<byte> Body)> _bodies = [];
    private Queue<PendingCommand> _waiting = new();

    /// <summary>How many in the queue ended already: they were cancelled.</summary>
    private int _dead;

    private PendingCommand? _opening;
    private bool _isOpen;

    /// <param name="mode">How its commands are answered.</param>
    /// <param name="settings">Bounds and times.</param>
    /// <param name="sink">Sends for it.</param>
    /// <param name="random">Ids and jitter.</param>
    /// <param name="first">The position of the replica to ask first.</param>
    public ClientSession(ReadMode mode, ClientSettings settings, IRequestSink sink, Random random, int first)
    {
        (Mode, _settings, _sink, _random, _target, _retryTarget) = (mode, settings, sink, random, first, first);
        _window = new CommandWindow(settings.MaxOutstanding);
        _interval = Jittered(settings.RetryInterval.Ticks);
        Id = sink.ChooseSession(0);
    }

    public ReadMode Mode { get; }

    public ulong Id { get; private set; }

    public bool IsOpen => _isOpen || Mode != ReadMode.Log;

    /// <summary>Commands that have no sequence number yet.</summary>
    public int Waiting => _waiting.Count - _dead;

    /// <summary>Commands that were sent and are not answered.</summary>
    public int Outstanding => _window.Count;

    /// <summary>Bodies of all of them, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The replica that it asks now.</summary>
    public ReplicaId Target => _settings.Replicas[_target];

    /// <summary>When <see cref="Sweep"/> has something to do at the earliest, in ticks of the monotonic clock.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>Takes a command in; <see cref="Flush"/> sends it.</summary>
    public void Add(PendingCommand command)
    {
        _waiting.Enqueue(command);
        Bytes += command.Body.Length;
        WakeAt(command.Deadline);
    }

    /// <summary>
    /// Sends what waits, as far as the window allows, unless it should wait for more: all together, in as few blocks as the bounds allow.
    /// </summary>
    public void Flush(long now)
    {
        if (Waiting > 0 && now >= _pausedUntil)
        {
            if (!IsOpen)
            {
                Open(now);
            }
            else if (Holds(now))
            {
                return;
            }
            else
            {
                SendWaiting(now);
            }
        }

        _heldSince = NotHeld;
    }

    /// <summary>Results: each ends the command that it belongs to. Late and repeated ones find none.</summary>
    /// <exception cref="Wire.WireFormatException">The message is malformed; what stood before the fault counts.</exception>
    public void Take(ClientReplies replies, long now)
    {
        Heard(now);
        Forget();
        _backOff = FirstBackOff;
        if (Mode is ReadMode.Log or ReadMode.Leader)
        {
            Follow(replies.Leader);
        }

        ulong? floor = null;
        var reader = new ResultReader(replies);
        while (reader.Next())
        {
            if (reader.Status == CommandStatus.SessionExpired && Mode == ReadMode.Log)
            {
                floor = Math.Max(floor ?? 0, reader.Floor);
            }
            else if (_window.Find(reader.Sequence) is { } command)
            {
                Finish(command, reader.Status, reader.Body, replies);
            }
        }

        if (floor is { } smallest)
        {
            Renew(smallest);
        }

        Flush(now);
    }

    /// <summary>Whoever waits need wait no longer: what was never sent is dropped, of the rest nothing is known.</summary>
    public void Cancel(PendingCommand command)
    {
        if (command.IsOver)
        {
            return;
        }

        if (command.Sequence > 0)
        {
            GiveUp(command, "cancelled");
        }
        else
        {
            End(command, Ending(command, "cancelled"));
            _dead++;
            if (_dead > 64 && _dead > _waiting.Count / 2)
            {
                ExpireWaiting(0);
            }
        }
    }

    /// <summary>Ends all of them.</summary>
    public void Stop(string reason)
    {
        ForEachOutstanding(command =>
        {
            if (!command.IsOpening)
            {
                End(command, Ending(command, reason));
            }
        });
        _window.Reset();
        EndWaiting(reason);
    }

    /// <summary>Never sent: certainly without effect. Sent: nobody knows, unless it is answered.</summary>
    private static Reply Ending(PendingCommand command, string reason) => command.Sends == 0
        ? Replies.Failed($"{reason} before it was sent")
        : Replies.Unknown($"{reason} before it was answered");

    private void Open(long now)
    {
        if (_opening is null)
        {
            _opening = PendingCommand.Opening();
            _window.Add(_opening);
        }
        else if (_opening.RetryAt != NeverAgain)
        {
            return;
        }

        _block.Add(_opening);
        SendBlock(_target, now);
    }

    private void Finish(PendingCommand command, CommandStatus status, ReadOnlyMemory<byte> body, ClientReplies from)
    {
        _window.Remove(command);
        EndTrial(command);
        if (!command.IsOpening)
        {
            End(command, Replies.Of(command, status, body, from));
            return;
        }

        _opening = null;
        if (status == CommandStatus.Done)
        {
            _isOpen = true;
        }
        else
        {
            Renew(0);
            EndWaiting($"no session was opened: status {(byte)status}");
        }
    }

    /// <summary>
    /// The session is forgotten, so nothing more of it can be executed. A write that was sent may have been executed before; reads, and
    /// what was never sent, go on in a new session.
    /// </summary>
    private void Renew(ulong floor)
    {
        var moved = new Queue<PendingCommand>(_waiting.Count + _window.Count);
        ForEachOutstanding(command =>
        {
            if (command.IsRead)
            {
                (command.Sequence, command.Request) = (0, 0);
                moved.Enqueue(command);
            }
            else if (!command.IsOpening)
            {
                End(command, Replies.Unknown("the session expired; an earlier copy may have taken effect"));
            }
        });
        foreach (var command in _waiting)
        {
            if (!command.IsOver)
            {
                moved.Enqueue(command);
            }
        }

        _window.Reset();
        (_waiting, _dead, _opening, _isOpen) = (moved, 0, null, false);
        try
        {
            Id = _sink.ChooseSession(floor);
        }
        catch (InvalidOperationException fault)
        {
            EndWaiting(fault.Message);
        }
    }

    /// <summary>Gives up a command that is under way. Its number stays below every later lowest one, so a late copy has no effect.</summary>
    private void GiveUp(PendingCommand command, string reason)
    {
        _window.Remove(command);
        End(command, Ending(command, reason));
    }

    private void EndWaiting(string reason)
    {
        foreach (var command in _waiting)
        {
            if (!command.IsOver)
            {
                End(command, Ending(command, reason));
            }
        }

        _waiting.Clear();
        _dead = 0;
    }

    private void End(PendingCommand command, Reply reply)
    {
        Bytes -= command.Body.Length;
        _sink.Ended(reply.Outcome);
        command.End(reply);
    }

    private void ForEachOutstanding(Action<PendingCommand> action)
    {
        for (var sequence = _window.Lowest; sequence < _window.Next; sequence++)
        {
            if (_window.Find(sequence) is { } command)
            {
                action(command);
            }
        }
    }
}

/// <summary>What the sessions of a client need of it.</summary>
internal interface IRequestSink
{
    void Send(ReplicaId to, ClientRequests requests);

    /// <summary>An id for a new session, at least <paramref name="floor"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    ulong ChooseSession(ulong floor);

    /// <summary>A command ended.</summary>
    void Ended(Outcome outcome);
}
