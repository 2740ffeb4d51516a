using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong sessions, wrong snapshots of the state, a wrong state machine.</summary>
internal static class StateBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("no session table", "a command is executed as often as it is decided",
            "Paxi applies a retried write twice")
        {
            Checks = [ExactlyOnce],
            Plants = State((machine, limits) => new StateWithoutSessions(machine, limits)),
        },
        new("session that keeps its last answer only", "a command that comes again is answered with the answer of the session's newest one",
            "the client table of Viewstamped Replication (Liskov and Cowling 2012, section 4.1), which is right only for clients with one request under way")
        {
            Checks = [Phantom, Acknowledged, Monotonic, Linearizability],
            Plants = State((machine, limits) => new StateWithLastAnswers(machine, limits)),
        },
        new("snapshot without sessions", "a snapshot holds the state machine and not the sessions",
            "Ongaro's thesis, section 6.3: the sessions are part of the state")
        {
            Checks = [ExactlyOnce, StatesEqual, Acknowledged],
            Plants = State((machine, limits) => new StateThatForgetsSessions(machine, limits)),
        },
        new("snapshot older than it says", "a snapshot is that of the one before, under the new slot",
            "a state captured in the background while execution goes on")
        {
            Checks = [Snapshots, ExactlyOnce, Agreement],
            Plants = State((machine, limits) => new StateWithStaleSnapshots(machine, limits)),
        },
        new("another key's value", "a read that finds its key finds the value of another key",
            "a lookup by hash that compares no keys")
        {
            Checks = [Phantom],
            Plants = Machine(machine => new ConfusedMachine(machine)),
        },
    ];

    private static ImmutableDictionary<string, Plant> Learner(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(PaxosRoles.Learner, plant);

    private static ImmutableDictionary<string, Plant> State(Func<IStateMachine, SessionLimits, ReplicatedState> create) =>
        Learner(Seams.Hands(context => context with { ReplicatedState = create }));

    private static ImmutableDictionary<string, Plant> Machine(Func<IStateMachine, IStateMachine> wrap) =>
        Learner(Seams.Hands(context => context with { StateMachine = () => wrap(context.StateMachine()) }));

    private sealed class StateWithoutSessions(IStateMachine machine, SessionLimits limits) : ReplicatedState(machine, limits)
    {
        private readonly IStateMachine _machine = machine;
        private readonly ArrayBufferWriter<byte> _result = new();

        public override IReadOnlyList<ResultBlock> Execute(Batch batch, bool wantsResults)
        {
            var results = wantsResults ? new ResultBlocks(batch.Count) : null;
            for (var reader = new BatchReader(batch); reader.NextBlock();)
            {
                results?.Begin(reader.Session);
                while (reader.NextCommand())
                {
                    _result.ResetWrittenCount();
                    if (!reader.Body.IsEmpty)
                    {
                        _machine.Execute(reader.Body.Span, _result);
                    }

                    results?.Add(reader.Sequence, CommandStatus.Done, _result.WrittenSpan);
                }
            }

            return results?.ToBlocks() ?? [];
        }
    }

    private sealed class StateWithLastAnswers(IStateMachine machine, SessionLimits limits) : ReplicatedState(machine, limits)
    {
        private readonly IStateMachine _machine = machine;
        private readonly HashSet<(ulong Session, long Sequence)> _done = [];
        private readonly Dictionary<ulong, byte[]> _answers = [];

        public override IReadOnlyList<ResultBlock> Execute(Batch batch, bool wantsResults)
        {
            var blocks = base.Execute(batch, wantsResults: true);
            var repeated = new HashSet<(ulong, long)>();
            for (var reader = new BatchReader(batch); reader.NextBlock();)
            {
                while (reader.NextCommand())
                {
                    if (!reader.Body.IsEmpty && !_machine.IsReadOnly(reader.Body.Span) && !_done.Add((reader.Session, reader.Sequence)))
                    {
                        repeated.Add((reader.Session, reader.Sequence));
                    }
                }
            }

            return wantsResults ? Answer(blocks, repeated, batch.Count) : [];
        }

        private ResultBlock[] Answer(IReadOnlyList<ResultBlock> blocks, HashSet<(ulong, long)> repeated, int count)
        {
            var results = new ResultBlocks(count);
            foreach (var block in blocks)
            {
                results.Begin(block.Session);
                var reader = new WireReader(block.Results);
                for (var left = block.Count; left > 0; left--)
                {
                    var (sequence, status, result) = (reader.VarInt(), (CommandStatus)reader.Byte(), reader.Bytes());
                    if (repeated.Contains((block.Session, sequence)) && _answers.TryGetValue(block.Session, out var last))
                    {
                        results.Add(sequence, status, last);
                        continue;
                    }

                    results.Add(sequence, status, result.Span);
                    if (_done.Contains((block.Session, sequence)))
                    {
                        _answers[block.Session] = result.ToArray();
                    }
                }
            }

            return results.ToBlocks();
        }
    }

    private sealed class StateThatForgetsSessions(IStateMachine machine, SessionLimits limits) : ReplicatedState(machine, limits)
    {
        private readonly SessionLimits _limits = limits;

        public override ReadOnlyMemory<byte> Snapshot()
        {
            var right = base.Snapshot();
            var content = right[..^sizeof(uint)];
            var reader = new WireReader(content);
            var writer = new ArrayBufferWriter<byte>();
            writer.Write(reader.Raw(sizeof(uint)).Span);
            SessionTable.Read(ref reader, _limits);
            new SessionTable(_limits).Write(writer);
            writer.Write(reader.Raw(reader.Remaining).Span);
            var checksum = JournalRecord.Checksum(writer.WrittenSpan, default);
            BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(sizeof(uint)), checksum);
            writer.Advance(sizeof(uint));
            return writer.WrittenMemory;
        }
    }

    private sealed class StateWithStaleSnapshots(IStateMachine machine, SessionLimits limits) : ReplicatedState(machine, limits)
    {
        private ReadOnlyMemory<byte>? _last;

        public override ReadOnlyMemory<byte> Snapshot()
        {
            var stale = _last;
            _last = base.Snapshot();
            return stale ?? _last.Value;
        }
    }

    private sealed class ConfusedMachine(IStateMachine right) : IStateMachine
    {
        private readonly byte[] _other = Body(new Get("k0"));

        public void Execute(ReadOnlySpan<byte> command, IBufferWriter<byte> result)
        {
            var isGet = command.Length > 0 && command[0] == _other[0] && right.IsReadOnly(command);
            right.Execute(isGet ? _other : command, result);
        }

        public bool IsReadOnly(ReadOnlySpan<byte> command) => right.IsReadOnly(command);

        public bool Conflicts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> other) => right.Conflicts(left, other);

        public void WriteSnapshot(IBufferWriter<byte> snapshot) => right.WriteSnapshot(snapshot);

        public void ReadSnapshot(ReadOnlyMemory<byte> snapshot) => right.ReadSnapshot(snapshot);

        private static byte[] Body(Command command)
        {
            var writer = new WireWriter();
            KeyValueCodec.Write(command, writer);
            return writer.WrittenSpan.ToArray();
        }
    }
}
