using System.Buffers;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The primary and the copies of <see cref="PrimaryCopy"/>; both keep the log and execute it.</summary>
internal sealed class CopyActor : UntypedActor, IWithTimers
{
    private const byte LogTable = 1;
    private const byte EpochTable = 2;
    private const byte SnapshotTable = 3;
    private const int Window = 32;
    private const int MaxOpen = 4_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);

    private readonly ReplicaContext _context;
    private readonly Bug _bug;
    private readonly ReplicaId _primary;
    private readonly int _every;
    private readonly IStateMachine _machine;
    private readonly List<(Ballot Ballot, Batch Batch)> _log = [];
    private readonly List<VoteSet> _votes = [];
    private readonly long[] _sent;
    private readonly ReplicatedState _state;
    private Ballot _ballot;
    private long _stored;
    private long _decided;
    private long _executed;
    private bool _leads;

    public CopyActor(ReplicaContext context, Bug bug)
    {
        (_context, _bug, _primary) = (context, bug, context.Members[0]);
        _every = context.Settings.GetInt("snapshot.every-slots");
        _machine = context.StateMachine();
        _state = new ReplicatedState(_machine, new SessionLimits(context.Settings.GetInt("sessions.max")));
        _sent = new long[context.Members.Length];
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsPrimary => _context.Self == _primary;

    protected override void PreStart()
    {
        foreach (var (_, value) in _context.Store.Read(LogTable))
        {
            var reader = new WireReader(value);
            _log.Add((reader.Ballot(), new Batch((int)reader.VarInt(), reader.Bytes())));
            _ballot = _log[^1].Ballot > _ballot ? _log[^1].Ballot : _ballot;
        }

        _stored = _log.Count;
        foreach (var (key, value) in _context.Store.Read(SnapshotTable))
        {
            _state.Restore(value);
            _decided = _executed = JournalKey.ToInt64(key);
            _context.Observer.Restored(_context.Self, "", _executed);
        }

        if (IsPrimary)
        {
            var epoch = _context.Store.Read(EpochTable).Select(pair => (uint)JournalKey.ToInt64(pair.Value)).LastOrDefault() + 1;
            _ballot = new Ballot(epoch, _context.Self);
            _context.Journal.Tell(new Persist([JournalWrite.Put(EpochTable, JournalKey.Of(0), JournalKey.Of(epoch))], new Epoch()));
        }
        else
        {
            _context.Role(KernelRoles.Gateway).Tell(new LeaderChanged(_primary, _ballot));
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Propose propose:
                Append(propose.Batch);
                break;
            case Order order when order.Ballot >= _ballot:
                Take(order);
                break;
            case Told told when told.Ballot >= _ballot:
                Learn(told.Decided);
                _context.Links.Send(_primary, new Stored(_context.Self, told.Ballot, 0, _stored));
                break;
            case Stored stored when _leads && stored.Ballot == _ballot:
                Count(stored);
                break;
            case Persisted { Token: Epoch }:
                Lead();
                break;
            case Persisted { Token: Vote vote }:
                Voted(vote);
                break;
            case ReadRequests reads:
                _context.Role(KernelRoles.Gateway).Tell(new Executed(_executed, _ballot, _executed, _state.Read(reads.Batch)));
                break;
            case Beat:
                Tell();
                break;
            case Again again:
                Self.Tell(again);
                break;
            case StatusQuery:
                Sender.Tell(new RoleStatus(PrimaryCopy.Role, [new("ballot", _ballot.ToString()), new("executed", $"{_executed}"), new("decided", $"{_decided}")]));
                break;
        }
    }

    private void Lead()
    {
        _leads = true;
        _context.Observer.Led(_context.Self, "", _ballot);
        _context.Role(KernelRoles.Gateway).Tell(new LeaderChanged(_primary, _ballot));
        Timers.StartPeriodicTimer(nameof(Beat), new Beat(), Interval);
        _votes.AddRange(Enumerable.Repeat(VoteSet.Empty, _log.Count));
        for (var slot = _decided + 1; slot <= _log.Count; slot++)
        {
            Write(slot, _log[(int)slot - 1].Batch);
        }
    }

    private void Append(Batch batch)
    {
        if (!_leads || _log.Count - _decided >= MaxOpen)
        {
            _context.Role(KernelRoles.Gateway).Tell(
                new ProposalRefused(batch, _leads ? RefusalReason.Overloaded : RefusalReason.NoLeader, null));
            return;
        }

        _log.Add(default);
        _votes.Add(VoteSet.Empty);
        Write(_log.Count, batch);
        if (_bug == Bug.SendsBeforeSync)
        {
            _context.Links.Broadcast(new Order(_ballot, _log.Count, _decided, batch));
        }
    }

    private void Write(long slot, Batch batch)
    {
        _log[(int)slot - 1] = (_ballot, batch);
        var writer = new WireWriter(batch.Payload.Length + 24);
        writer.Ballot(_ballot);
        writer.VarInt(batch.Count);
        writer.Bytes(batch.Payload.Span);
        var vote = new Vote(slot, _ballot, batch);
        _context.Journal.Tell(new Persist([JournalWrite.Put(LogTable, JournalKey.Of(slot), writer.WrittenMemory)], vote));
        if (_bug == Bug.VotesBeforeSync && !IsPrimary)
        {
            _context.Links.Send(_primary, new Stored(_context.Self, _ballot, slot, slot));
        }
    }

    private void Take(Order order)
    {
        _ballot = order.Ballot;
        if (order.Slot > _log.Count + 1)
        {
            return;
        }

        if (order.Slot > _log.Count)
        {
            _log.Add(default);
        }
        else if (_log[(int)order.Slot - 1].Ballot == order.Ballot)
        {
            if (order.Slot <= _stored)
            {
                _context.Links.Send(_primary, new Stored(_context.Self, _ballot, order.Slot, _stored));
            }

            return;
        }

        Write(order.Slot, order.Batch);
        Learn(order.Decided);
    }

    /// <summary>The slot is on this replica's disk.</summary>
    private void Voted(Vote vote)
    {
        _stored = Math.Max(_stored, vote.Slot);
        _context.Observer.Accepted(_context.Self, "", vote.Slot, vote.Ballot, vote.Batch);
        var stored = new Stored(_context.Self, vote.Ballot, vote.Slot, _stored);
        if (IsPrimary)
        {
            _context.Links.Broadcast(new Order(_ballot, vote.Slot, _decided, vote.Batch));
            Count(stored);
        }
        else
        {
            _context.Links.Send(_primary, stored);
            Learn(_decided);
        }
    }

    private void Count(Stored stored)
    {
        var member = _context.Quorums.IndexOf(stored.From);
        _sent[member] = Math.Max(_sent[member], stored.Last);
        if (stored.Slot == 0)
        {
            return;
        }

        _votes[(int)stored.Slot - 1] = _votes[(int)stored.Slot - 1].With(member);
        while (_decided < _stored && IsDecided(_decided + 1))
        {
            Learn(_decided + 1);
        }
    }

    private bool IsDecided(long slot) =>
        _context.Quorums.IsPhase2Quorum(_votes[(int)slot - 1]) || (_bug == Bug.DecidesAlone && !_votes[(int)slot - 1].IsEmpty);

    private void Learn(long decided)
    {
        _decided = Math.Max(_decided, decided);
        while (_executed < Math.Min(_decided, _stored))
        {
            Execute(++_executed);
        }
    }

    private void Execute(long slot)
    {
        var batch = _log[(int)slot - 1].Batch;
        if (_bug == Bug.SkipsSlots && slot % 50 == 0)
        {
            return;
        }

        if (_bug == Bug.Throws && slot == 60)
        {
            throw new InvalidOperationException("a defect");
        }

        _context.Observer.Decided(_context.Self, "", slot, batch);
        var results = _state.Execute(batch, wantsResults: _leads);
        if (_bug == Bug.NeverRests && slot == 20)
        {
            Self.Tell(new Again());
        }

        if (_bug == Bug.Escapes && slot == 20)
        {
            var self = Self;
            var thread = new Thread(() => self.Tell(new Beat()));
            thread.Start();
            thread.Join();
        }

        if (_bug == Bug.RepeatsCommands && slot % 10 == 0)
        {
            Repeat(batch);
        }

        _context.Observer.Executed(_context.Self, "", slot, batch);
        if (_leads)
        {
            _context.Role(KernelRoles.Gateway).Tell(new Executed(slot, _ballot, _executed, results));
        }

        if (slot % _every == 0)
        {
            var covered = slot + (_bug == Bug.SnapshotsTooFar ? 1 : 0);
            _context.Journal.Tell(new Persist(
            [
                JournalWrite.DeleteRange(SnapshotTable, JournalKey.Of(0), JournalKey.Of(long.MaxValue)),
                JournalWrite.Put(SnapshotTable, JournalKey.Of(covered), _state.Snapshot()),
            ], ""));
        }
    }

    private void Repeat(Batch batch)
    {
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            while (reader.NextCommand())
            {
                if (!reader.Body.IsEmpty && !_machine.IsReadOnly(reader.Body.Span))
                {
                    _machine.Execute(reader.Body.Span, new ArrayBufferWriter<byte>());
                }
            }
        }
    }

    /// <summary>Tells every copy what is decided and sends again what it lacks or has not voted for.</summary>
    private void Tell()
    {
        _context.Links.Broadcast(new Told(_ballot, _decided));
#pragma warning disable CA5394 // What the bug is about.
        if (_bug == Bug.IsNotRepeatable && Random.Shared.Next(2) == 0)
        {
            return;
        }
#pragma warning restore CA5394

        for (var member = 0; member < _sent.Length; member++)
        {
            if (_context.Members[member] == _context.Self || _bug == Bug.NeverCatchesUp)
            {
                continue;
            }

            var left = Window;
            for (var slot = Math.Min(_sent[member], _decided) + 1; slot <= _stored && left > 0; slot++)
            {
                if (slot > _sent[member] || !_votes[(int)slot - 1].Contains(member))
                {
                    left--;
                    _context.Links.Send(_context.Members[member], new Order(_ballot, slot, _decided, _log[(int)slot - 1].Batch));
                }
            }
        }
    }

    private sealed record Epoch;

    private sealed record Vote(long Slot, Ballot Ballot, Batch Batch);

    private sealed record Again : INoSerializationVerificationNeeded;

    private sealed record Beat : INoSerializationVerificationNeeded;
}
