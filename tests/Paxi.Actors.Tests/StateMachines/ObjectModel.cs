using System.Buffers;
using System.Globalization;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>
/// A state machine of objects that write down what is done to them. A command is <c>[?!]object{,object}:text</c>; '?' makes it a read, '!' is refused, a text <c>*n</c> gives a result of n more bytes.
/// </summary>
internal sealed class ObjectDiary : IObjectStateMachine
{
    public SortedDictionary<string, List<string>> Executed { get; } = new(StringComparer.Ordinal);

    public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        var text = Encoding.UTF8.GetString(command);
        if (text[0] == '!')
        {
            result.Write("half a result"u8);
            throw new InvalidCommandException($"{text} is refused");
        }

        foreach (var name in Names(text))
        {
            if (text[0] != '?')
            {
                (Executed.TryGetValue(name, out var list) ? list : Executed[name] = []).Add(text);
            }

            result.Write(Encoding.UTF8.GetBytes($"{Executed.GetValueOrDefault(name)?.Count ?? 0} in {name};"));
        }

        if (text.IndexOf('*') is > 0 and var star)
        {
            result.Write(new byte[int.Parse(text.AsSpan(star + 1), CultureInfo.InvariantCulture)]);
        }
    }

    public bool IsReadOnly(ReadOnlySpan<byte> command) => command[0] == (byte)'?';

    public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => true;

    public void WriteSnapshot(IBufferWriter<byte> snapshot) => throw new NotSupportedException();

    public void ReadSnapshot(ReadOnlyMemory<byte> snapshot) => throw new NotSupportedException();

    public void ListObjects(ReadOnlySpan<byte> command, ICollection<ObjectKey> objects)
    {
        foreach (var name in Names(Encoding.UTF8.GetString(command)))
        {
            objects.Add(new ObjectKey(name));
        }
    }

    public void WriteObject(ObjectKey key, IBufferWriter<byte> state) =>
        state.Write(Encoding.UTF8.GetBytes(string.Join('\n', Executed.GetValueOrDefault(key.ToString()) ?? [])));

    public void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
        var text = Encoding.UTF8.GetString(state.Span);
        if (text.Contains('#', StringComparison.Ordinal))
        {
            throw new WireFormatException("no diary");
        }

        Executed[key.ToString()] = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public static string[] Names(string command) => command.TrimStart('?', '!').Split(':')[0].Split(',');
}

/// <summary>The sessions of each object as one would write them down, scanned for everything.</summary>
internal sealed class ObjectModel(SessionLimits limits, int maxResultBytes)
{
    private readonly SortedDictionary<string, Sessions> _objects = new(StringComparer.Ordinal);

    public ObjectDiary Diary { get; } = new();

    /// <summary>How often each rule was met: a run that misses one proves nothing about it.</summary>
    public Dictionary<string, int> Met { get; } = [];

    public List<Ended> Execute(string first, Batch batch)
    {
        var results = new List<Ended>();
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            ModelSession? session = null;
            var isOpen = false;
            while (reader.NextCommand())
            {
                var (status, result) = reader.Body.IsEmpty ? (CommandStatus.Done, [])
                    : Diary.IsReadOnly(reader.Body.Span) ? Diary.Run(reader.Body)
                    : Write(first, ref session, ref isOpen, reader);
                Count(status.ToString());
                results.Add(new Ended(reader.Session, reader.Sequence, status, result));
            }
        }

        return results;
    }

    private (CommandStatus Status, byte[] Result) Write(string first, ref ModelSession? session, ref bool isOpen, BatchReader command)
    {
        var known = _objects.TryGetValue(first, out var sessions) ? sessions : _objects[first] = new Sessions();
        if (!isOpen)
        {
            (session, isOpen) = (Use(known, command.Session, command.Lowest), true);
        }

        if (session is null)
        {
            return (CommandStatus.SessionExpired, BitConverter.GetBytes(known.Floor));
        }

        if (session.Known(command, limits.MaxOutstanding) is { } before)
        {
            Count(before.Rule);
            return before.Ended;
        }

        var result = session.Results[command.Sequence] = Diary.Run(command.Body);
        Bound(known, session);
        return result;
    }

    /// <summary>The others' results go first, those of the smallest ids and numbers before.</summary>
    private void Bound(Sessions sessions, ModelSession own)
    {
        foreach (var entry in sessions.ById.Values.Where(other => !ReferenceEquals(other, own)).Append(own))
        {
            while (sessions.ById.Values.Sum(one => one.Bytes) > maxResultBytes && entry.Bytes > 0)
            {
                Count(ReferenceEquals(entry, own) ? "dropped of its own" : "dropped of another");
                entry.DropOldest();
            }
        }
    }

    private ModelSession? Use(Sessions sessions, ulong id, long lowest)
    {
        if (!sessions.ById.TryGetValue(id, out var session))
        {
            if (id < sessions.Floor)
            {
                return null;
            }

            sessions.ById[id] = session = new ModelSession(lowest);
            if (sessions.ById.Count > limits.MaxSessions)
            {
                Count("evicted");
                var smallest = sessions.ById.Keys.First();
                sessions.ById.Remove(smallest);
                sessions.Floor = smallest + 1;
                return smallest == id ? null : session;
            }
        }

        session.AdvanceTo(lowest);
        return session;
    }

    private void Count(string? rule)
    {
        if (rule is not null)
        {
            Met[rule] = Met.GetValueOrDefault(rule) + 1;
        }
    }

    private sealed class Sessions
    {
        public ulong Floor { get; set; }

        public SortedDictionary<ulong, ModelSession> ById { get; } = [];
    }
}
