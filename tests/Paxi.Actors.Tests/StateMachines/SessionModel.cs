using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>
/// A state machine that writes down what it executes. A command is its text; one that begins with '?' is a read, one with '!' is refused.
/// </summary>
internal sealed class Diary : IStateMachine
{
    public List<string> Executed { get; private set; } = [];

    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        var text = Encoding.UTF8.GetString(command);
        if (text[0] == '!')
        {
            result.Write("half a result"u8);
            throw new InvalidCommandException($"{text} is refused");
        }

        if (text[0] != '?')
        {
            Executed.Add(text);
        }

        result.Write(Encoding.UTF8.GetBytes($"{Executed.Count} after {text}"));
    }

    public bool IsReadOnly(ReadOnlySpan<byte> command) => command[0] == (byte)'?';

    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => true;

    public void WriteSnapshot(IBufferWriter<byte> snapshot) => snapshot.Write(Encoding.UTF8.GetBytes(string.Join('\n', Executed)));

    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot) =>
        Executed = [.. Encoding.UTF8.GetString(snapshot.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
}

/// <summary>The sessions as one would write them down: a list in the order of use, scanned for everything.</summary>
internal sealed class SessionModel(SessionLimits limits)
{
    private readonly List<Entry> _byUse = [];
    private ulong _floor;

    public Diary Diary { get; } = new();

    /// <summary>How often each rule was met: a run that misses one proves nothing about it.</summary>
    public Dictionary<string, int> Met { get; } = [];

    public List<string> Execute(Batch batch)
    {
        var results = new List<string>();
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            var session = Use(reader.Session, reader.Lowest);
            while (reader.NextCommand())
            {
                var (status, result) = One(ref session, reader);
                Count(status.ToString());
                results.Add($"{reader.Session}/{reader.Sequence} {status} {Convert.ToHexString(result)}");
            }
        }

        return results;
    }

    private (CommandStatus Status, byte[] Result) One(ref Entry? session, BatchReader command)
    {
        if (command.Body.IsEmpty)
        {
            session ??= Open(command.Session, command.Lowest);
            return session is null ? Expired() : (CommandStatus.Done, []);
        }

        if (Diary.IsReadOnly(command.Body.Span))
        {
            return Diary.Run(command.Body);
        }

        if (session is null)
        {
            return Expired();
        }

        if (session.Known(command, limits.MaxOutstanding) is { } known)
        {
            Count(known.Rule);
            return known.Ended;
        }

        var result = session.Results[command.Sequence] = Diary.Run(command.Body);
        Bound(session);
        return result;
    }

    private Entry? Use(ulong id, long lowest)
    {
        var session = _byUse.Find(entry => entry.Id == id);
        if (session is null)
        {
            return null;
        }

        _byUse.Remove(session);
        _byUse.Add(session);
        session.AdvanceTo(lowest);
        return session;
    }

    private Entry? Open(ulong id, long lowest)
    {
        if (id < _floor)
        {
            return null;
        }

        if (_byUse.Count == limits.MaxSessions)
        {
            Count("evicted");
            _floor = Math.Max(_floor, _byUse[0].Id + 1);
            _byUse.RemoveAt(0);
        }

        _byUse.Add(new Entry(id, lowest));
        return _byUse[^1];
    }

    private void Bound(Entry session)
    {
        while (session.Bytes > limits.MaxSessionResultBytes)
        {
            Drop(session, "dropped in a session");
        }

        while (_byUse.Sum(entry => entry.Bytes) > limits.MaxResultBytes)
        {
            Drop(_byUse.First(entry => entry.Bytes > 0), "dropped over all");
        }
    }

    private void Drop(Entry session, string rule)
    {
        Count(rule);
        session.DropOldest();
    }

    private (CommandStatus, byte[]) Expired()
    {
        var floor = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(floor, _floor);
        return (CommandStatus.SessionExpired, floor);
    }

    private void Count(string? rule)
    {
        if (rule is not null)
        {
            Met[rule] = Met.GetValueOrDefault(rule) + 1;
        }
    }

    private sealed class Entry(ulong id, long lowest) : ModelSession(lowest)
    {
        public ulong Id { get; } = id;
    }
}
