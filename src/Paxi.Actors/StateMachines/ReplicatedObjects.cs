using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <inheritdoc/>
/// <remarks>
/// The results that one object keeps are bounded in bytes; past <see cref="ObjectSessions.MaxResultBytes"/> they end as <see cref="CommandStatus.ResultDropped"/>, those of other sessions than the
/// one that executes first.
/// <code>
/// object := sessions, state of the state machine, CRC-32C u32 over all before
/// </code>
/// Sessions as in <see cref="ObjectSessions"/>.
/// </remarks>
public sealed class ReplicatedObjects : ObjectStates
{
    private const int ChecksumBytes = sizeof(uint);

    private readonly IObjectStateMachine _machine;
    private readonly CommandRunner _runner;
    private readonly int _maxSessions;

    /// <summary>Packed (<see cref="PackedSessions"/>) or <see cref="ObjectSessions"/>.</summary>
    private readonly Dictionary<ObjectKey, object> _objects = [];
    private readonly WireWriter _writer = new();

    // The session whose commands are being executed: one of the large form, or a packed one loaded into the spare.
    private readonly Session _spare = new(0, 0);
    private ObjectSessions? _large;
    private byte[] _packed = PackedSessions.None;
    private PackedSessions.Place _place;
    private Session? _session;

    /// <param name="machine">Holds the objects; empty.</param>
    /// <param name="limits">The same on every replica.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit below 1.</exception>
    public ReplicatedObjects(IObjectStateMachine machine, SessionLimits limits)
    {
        _machine = machine;
        _runner = new CommandRunner(machine, limits.Checked().MaxOutstanding);
        _maxSessions = Math.Min(limits.MaxSessions, MaxSessionsPerObject);
    }

    public override void Execute(ReadOnlySpan<ObjectKey> objects, Batch batch, ResultBlocks? results)
    {
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            results?.Begin(reader.Session);
            var isOpen = false;
            while (reader.NextCommand())
            {
                var body = reader.Body.Span;
                if (body.IsEmpty)
                {
                    results?.Add(reader.Sequence, CommandStatus.Done, default);
                }
                else if (_machine.IsReadOnly(body))
                {
                    _runner.Read(reader.Sequence, body, results);
                }
                else
                {
                    if (!isOpen)
                    {
                        Open(objects[0], reader.Session, reader.Lowest);
                        isOpen = true;
                    }

                    Write(objects[0], in reader, results);
                }
            }

            if (isOpen)
            {
                Close(objects[0]);
            }
        }
    }

    public override IReadOnlyList<ResultBlock> Read(Batch batch) => _runner.ReadAll(batch);

    public override void WriteObject(ObjectKey key, IBufferWriter<byte> state)
    {
        _writer.Clear();
        if (_objects.GetValueOrDefault(key) is ObjectSessions large)
        {
            large.Write(_writer.Buffer);
        }
        else
        {
            _writer.Raw(PackedOf(key));
        }

        _machine.WriteObject(key, _writer.Buffer);
        _writer.UInt32(JournalRecord.Checksum(_writer.WrittenSpan, default));
        state.Write(_writer.WrittenSpan);
    }

    public override void ReadObject(ObjectKey key, ReadOnlyMemory<byte> state)
    {
        if (state.Length < ChecksumBytes)
        {
            throw new WireFormatException("the bytes are no state of an object");
        }

        var content = state[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(state.Span[^ChecksumBytes..]) != JournalRecord.Checksum(content.Span, default))
        {
            throw new WireFormatException("the state of an object is damaged: its checksum is another");
        }

        var reader = new WireReader(content);
        var sessions = ObjectSessions.Read(ref reader, _maxSessions);
        _machine.ReadObject(key, reader.Raw(reader.Remaining));
        _writer.Clear();
        sessions.Write(_writer.Buffer);
        if (_writer.WrittenSpan.SequenceEqual(PackedSessions.None))
        {
            _objects.Remove(key);
        }
        else
        {
            _objects[key] = _writer.Length <= PackedSessions.MaxBytes ? _writer.ToArray() : sessions;
        }
    }

    private byte[] PackedOf(ObjectKey key) => _objects.TryGetValue(key, out var packed) ? Unsafe.As<byte[]>(packed) : PackedSessions.None;

    private void Open(ObjectKey key, ulong id, long lowest)
    {
        var held = _objects.GetValueOrDefault(key);
        _large = held as ObjectSessions;
        if (_large is null)
        {
            _packed = held is null ? PackedSessions.None : Unsafe.As<byte[]>(held);
            _place = PackedSessions.Find(_packed, id);
            if (_place.IsFound)
            {
                PackedSessions.Load(_packed, _place, _spare);
                _spare.AdvanceTo(lowest);
                _session = _spare;
                return;
            }

            if (_place.Count < _maxSessions)
            {
                _spare.Reset(id, lowest);
                _session = id < _place.Floor || id == ulong.MaxValue ? null : _spare;
                return;
            }

            Enlarge(key);
        }

        _session = _large!.Use(id, lowest);
    }

    private void Write(ObjectKey key, in BatchReader command, ResultBlocks? results)
    {
        if (_session is null)
        {
            CommandRunner.Expired(command.Sequence, _large?.Floor ?? _place.Floor, results);
        }
        else if (_runner.IsNew(_session, in command, results))
        {
            var status = _runner.Run(command.Body.Span);
            Record(key, command.Sequence, status);
            results?.Add(command.Sequence, status, _runner.Result);
        }
    }

    private void Record(ObjectKey key, long sequence, CommandStatus status)
    {
        var result = _runner.Result;
        if (_large is null && _packed.Length - _place.Length + SessionCodec.MostBytes(_spare, result.Length) > PackedSessions.MaxBytes)
        {
            var (id, lowest) = (_spare.Id, _spare.Lowest);
            _packed = PackedSessions.Replace(_packed, _place, _spare, _writer);
            Enlarge(key);
            _session = _large!.Use(id, lowest);
        }

        if (_large is null)
        {
            _spare.Add(sequence, status, result);
        }
        else if (!_large.Record(_session!, sequence, status, result))
        {
            _session = null;
        }
    }

    private void Enlarge(ObjectKey key)
    {
        var reader = new WireReader(_packed);
        _large = ObjectSessions.Read(ref reader, _maxSessions);
        _objects[key] = _large;
    }

    private void Close(ObjectKey key)
    {
        if (_large is null && _session is not null)
        {
            _packed = PackedSessions.Replace(_packed, _place, _spare, _writer);
            if (_packed.Length > PackedSessions.MaxBytes)
            {
                Enlarge(key);
            }
            else
            {
                _objects[key] = _packed;
            }
        }

        (_large, _session) = (null, null);
    }
}
