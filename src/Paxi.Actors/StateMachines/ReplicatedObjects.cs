using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <inheritdoc/>
/// <remarks>
/// <code>
/// object  := floor u64, count varint, session{count}, state of the state machine
/// session := id u64, lowest varint, count varint, (sequence varint, status u8, result){count}; ascending by id
/// </code>
/// </remarks>
public sealed class ReplicatedObjects : ObjectStates
{
    /// <summary>The most sessions that one object keeps.</summary>
    public const int MaxSessionsPerObject = 1024;

    /// <summary>The most bytes of results that one object keeps, so that its state fits a frame; past it the oldest results of the sessions with the smallest ids are dropped.</summary>
    public const int MaxResultBytes = 512 << 10;

    private const int MinSessionBytes = 10;
    private const int MinEntryBytes = 3;

    private readonly IObjectStateMachine _machine;
    private readonly int _maxSessions;
    private readonly int _maxOutstanding;
    private readonly Dictionary<ObjectKey, ObjectSessions> _objects = [];
    private readonly ArrayBufferWriter<byte> _result = new();

    public ReplicatedObjects(IObjectStateMachine machine, SessionLimits limits)
    {
        _machine = machine;
        _maxSessions = Math.Min(limits.Checked().MaxSessions, MaxSessionsPerObject);
        _maxOutstanding = limits.MaxOutstanding;
    }

    public override void Execute(ReadOnlySpan<ObjectKey> objects, Batch batch, ResultBlocks? results)
    {
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            results?.Begin(reader.Session);
            while (reader.NextCommand())
            {
                var body = reader.Body.Span;
                if (body.IsEmpty)
                {
                    results?.Add(reader.Sequence, CommandStatus.Done, default);
                }
                else if (_machine.IsReadOnly(body))
                {
                    if (results is { IsFull: false })
                    {
                        results.Add(reader.Sequence, Run(body), _result.WrittenSpan);
                    }
                }
                else
                {
                    Write(objects[0], in reader, results);
                }
            }
        }
    }

    public override IReadOnlyList<ResultBlock> Read(Batch batch)
    {
        var results = new ResultBlocks(batch.Count);
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            results.Begin(reader.Session);
            while (reader.NextCommand())
            {
                var body = reader.Body.Span;
                if (!body.IsEmpty && _machine.IsReadOnly(body))
                {
                    results.Add(reader.Sequence, Run(body), _result.WrittenSpan);
                }
                else
                {
                    results.Add(reader.Sequence, CommandStatus.Invalid, "only a read can be answered outside the log"u8);
                }
            }
        }

        return results.ToBlocks();
    }

    public override void WriteObject(ObjectKey key, IBufferWriter<byte> state)
    {
        var sessions = _objects.GetValueOrDefault(key) ?? ObjectSessions.None;
        state.WriteUInt64(sessions.Floor);
        state.WriteVarUInt((ulong)sessions.Sessions.Count);
        foreach (var session in sessions.Sessions)
        {
            state.WriteUInt64(session.Id);
            state.WriteVarUInt((ulong)session.Lowest);
            state.WriteVarUInt((ulong)session.Count);
            for (var index = 0; index < session.Count; index++)
            {
                var (sequence, status, result) = session[index];
                state.WriteVarUInt((ulong)sequence);
                state.WriteByte((byte)status);
                state.WriteBytes(result.Span);
            }
        }

        _machine.WriteObject(key, state);
    }

    public override void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
        var reader = new WireReader(state);
        var sessions = new ObjectSessions { Floor = reader.UInt64() };
        var last = 0UL;
        for (var left = reader.Count(MinSessionBytes); left > 0; left--)
        {
            var session = ReadSession(ref reader);
            if (sessions.Sessions.Count > 0 && session.Id <= last)
            {
                throw new WireFormatException("the sessions of an object ascend by id");
            }

            last = session.Id;
            sessions.Add(session);
        }

        _machine.ReadObject(key, reader.Raw(reader.Remaining));
        _objects[key] = sessions;
    }

    private static Session ReadSession(ref WireReader reader)
    {
        var session = new Session(reader.UInt64(), reader.VarInt());
        for (var left = reader.Count(MinEntryBytes); left > 0; left--)
        {
            var sequence = reader.VarInt();
            if (sequence < session.Lowest || session.TryFind(sequence, out _, out _))
            {
                throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"sequence number {sequence} of a session is out of order"));
            }

            session.Add(sequence, (CommandStatus)reader.Byte((byte)CommandStatus.ResultDropped), reader.Bytes().Span);
        }

        return session;
    }

    private void Write(ObjectKey key, in BatchReader command, ResultBlocks? results)
    {
        if (!_objects.TryGetValue(key, out var sessions))
        {
            _objects.Add(key, sessions = new ObjectSessions());
        }

        var sequence = command.Sequence;
        if (sessions.Use(command.Session, command.Lowest, _maxSessions) is not { } session)
        {
            Span<byte> floor = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(floor, sessions.Floor);
            results?.Add(sequence, CommandStatus.SessionExpired, floor);
        }
        else if (sequence < session.Lowest)
        {
            results?.Add(sequence, CommandStatus.AlreadyAnswered, default);
        }
        else if (sequence - command.Lowest > _maxOutstanding)
        {
            results?.Add(sequence, CommandStatus.Invalid, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"sequence number {sequence} is more than {_maxOutstanding} above the lowest outstanding one, {command.Lowest}")));
        }
        else if (session.TryFind(sequence, out var status, out var result))
        {
            results?.Add(sequence, status, result);
        }
        else
        {
            status = Run(command.Body.Span);
            sessions.Record(session, sequence, status, _result.WrittenSpan, MaxResultBytes);
            results?.Add(sequence, status, _result.WrittenSpan);
        }
    }

    /// <summary>Leaves the result or the reason in <see cref="_result"/>.</summary>
    private CommandStatus Run(ReadOnlySpan<byte> body)
    {
        _result.ResetWrittenCount();
        try
        {
            _machine.Execute(body, _result);
            return CommandStatus.Done;
        }
        catch (InvalidCommandException fault)
        {
            _result.ResetWrittenCount();
            _result.Write(Encoding.UTF8.GetBytes(fault.Message));
            return CommandStatus.Invalid;
        }
    }

    /// <summary>The sessions that one object knows, ascending by id.</summary>
    private sealed class ObjectSessions
    {
        public static readonly ObjectSessions None = new();

        public List<Session> Sessions { get; } = new(1);

        /// <summary>Sessions below it that are not known here were forgotten, or may have been.</summary>
        public ulong Floor { get; set; }

        private int HeldBytes { get; set; }

        public void Add(Session session)
        {
            Sessions.Add(session);
            HeldBytes += session.HeldBytes;
        }

        /// <summary>The session, new if need be; null when it was forgotten.</summary>
        public Session? Use(ulong id, long lowest, int maxSessions)
        {
            var index = Find(id);
            if (index < 0)
            {
                if (id < Floor)
                {
                    return null;
                }

                Sessions.Insert(~index, new Session(id, lowest));
                if (Sessions.Count > maxSessions)
                {
                    HeldBytes -= Sessions[0].HeldBytes;
                    Floor = Sessions[0].Id + 1;
                    Sessions.RemoveAt(0);
                }

                index = Find(id);
                return index < 0 ? null : Sessions[index];
            }

            var session = Sessions[index];
            HeldBytes -= session.HeldBytes;
            session.AdvanceTo(lowest);
            HeldBytes += session.HeldBytes;
            return session;
        }

        public void Record(Session session, long sequence, CommandStatus status, ReadOnlySpan<byte> result, int maxBytes)
        {
            session.Add(sequence, status, result);
            HeldBytes += result.Length;
            for (var index = 0; HeldBytes > maxBytes; index++)
            {
                while (HeldBytes > maxBytes && Sessions[index].HeldBytes > 0)
                {
                    HeldBytes -= Sessions[index].HeldBytes;
                    Sessions[index].DropOldest();
                    HeldBytes += Sessions[index].HeldBytes;
                }
            }
        }

        private int Find(ulong id)
        {
            var (low, high) = (0, Sessions.Count - 1);
            while (low <= high)
            {
                var middle = (low + high) >> 1;
                if (Sessions[middle].Id == id)
                {
                    return middle;
                }

                (low, high) = Sessions[middle].Id < id ? (middle + 1, high) : (low, middle - 1);
            }

            return ~low;
        }
    }
}
