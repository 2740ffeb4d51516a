using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Protocols.Tests.Samples;

/// <summary>The one role of <see cref="SequencerProtocol"/>: keeps the log, executes it, and on the first replica gives the slots.</summary>
internal sealed class SequencerActor : UntypedActor, IWithTimers
{
    private const byte LogTable = 1;

    /// <summary>Slots that may be under way; a client that asks for more is told to come back.</summary>
    private const int MaxOpen = 1_000;

    /// <summary>Slots sent again to one replica at a time.</summary>
    private const int Window = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ReplicaContext _context;
    private readonly ReplicaId _sequencer;
    private readonly Ballot _ballot;
    private readonly ReplicatedState _state;
    private readonly List<Batch> _log = [];

    /// <summary>How far each member is, by its index; below 0: it has not said since this replica started.</summary>
    private readonly long[] _have;

    private long _stored;
    private long _decided;
    private long _executed;

    public SequencerActor(ReplicaContext context)
    {
        _context = context;
        _sequencer = context.Members.Min();
        _ballot = new Ballot(1, _sequencer);
        _state = new ReplicatedState(context.StateMachine(), new SessionLimits(context.Settings.GetInt("sessions.max")));
        _have = [.. context.Members.Select(_ => -1L)];
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsSequencer => _context.Self == _sequencer;

    public static Props Props(ReplicaContext context) => Akka.Actor.Props.Create(() => new SequencerActor(context));

    /// <summary>What was on disk before the crash is the log; what is decided of it comes with the first messages.</summary>
    protected override void PreStart()
    {
        foreach (var (_, value) in _context.Store.Read(LogTable))
        {
            var reader = new WireReader(value);
            _log.Add(new Batch(reader.Count(), reader.Bytes()));
            _stored = _log.Count;
            _context.Observer.Accepted(_context.Self, "", _stored, _ballot, _log[^1]);
        }

        _context.Role(KernelRoles.Gateway).Tell(new LeaderChanged(_sequencer, _ballot));
        if (IsSequencer)
        {
            _have[_context.Quorums.IndexOf(_context.Self)] = _stored;
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Propose propose when IsSequencer:
                OnPropose(propose.Batch);
                break;
            case Entry entry:
                OnEntry(entry);
                break;
            case Decided decided:
                Learn(decided.Slot);
                _context.Links.Send(_sequencer, new Have(_context.Self, _stored));
                break;
            case Have have when IsSequencer:
                OnHave(have);
                break;
            case Persisted { Token: long slot }:
                OnPersisted(slot);
                break;
            case Tick:
                OnTick();
                break;
            case StatusQuery:
                Sender.Tell(new RoleStatus(SequencerProtocol.Log,
                [
                    new("stored", _stored.ToString(CultureInfo.InvariantCulture)),
                    new("executed", _executed.ToString(CultureInfo.InvariantCulture)),
                ]));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnPropose(Batch batch)
    {
        if (_log.Count - _decided >= MaxOpen)
        {
            Answer(new ProposalRefused(batch, RefusalReason.Overloaded, null));
            return;
        }

        Write(batch);
    }

    /// <summary>Takes the next slot only; an older one is there already, a later one comes again.</summary>
    private void OnEntry(Entry entry)
    {
        if (entry.Slot == _log.Count + 1)
        {
            Write(entry.Batch);
        }
    }

    private void Write(Batch batch)
    {
        _log.Add(batch);
        var writer = new WireWriter(batch.Payload.Length + 16);
        writer.VarInt(batch.Count);
        writer.Bytes(batch.Payload.Span);
        long slot = _log.Count;
        _context.Journal.Tell(new Persist([JournalWrite.Put(LogTable, JournalKey.Of(slot), writer.WrittenMemory)], slot), Self);
    }

    /// <summary>The slot is on this disk, and with it all before: the journal answers in order. Only now anybody may hear of it.</summary>
    private void OnPersisted(long slot)
    {
        _stored = slot;
        _context.Observer.Accepted(_context.Self, "", slot, _ballot, _log[(int)slot - 1]);
        if (IsSequencer)
        {
            _context.Links.Broadcast(new Entry(slot, _log[(int)slot - 1]));
            OnHave(new Have(_context.Self, slot));
        }
        else
        {
            _context.Links.Send(_sequencer, new Have(_context.Self, slot));
        }
    }

    private void OnHave(Have have)
    {
        var member = _context.Quorums.IndexOf(have.From);
        if (member < 0 || have.Slot > _log.Count)
        {
            return;
        }

        _have[member] = Math.Max(_have[member], have.Slot);
        while (_decided < _stored && IsOnQuorum(_decided + 1))
        {
            Learn(_decided + 1);
        }
    }

    private bool IsOnQuorum(long slot)
    {
        var votes = VoteSet.Empty;
        for (var member = 0; member < _have.Length; member++)
        {
            votes = _have[member] >= slot ? votes.With(member) : votes;
        }

        return _context.Quorums.IsPhase2Quorum(votes);
    }

    private void Learn(long decided)
    {
        _decided = Math.Max(_decided, decided);
        while (_executed < Math.Min(_decided, _stored))
        {
            _executed++;
            var batch = _log[(int)_executed - 1];
            _context.Observer.Decided(_context.Self, "", _executed, batch);
            var results = _state.Execute(batch, wantsResults: IsSequencer);
            _context.Observer.Executed(_context.Self, "", _executed, batch);
            if (IsSequencer)
            {
                Answer(new Executed(_executed, _ballot, _executed, results));
            }
        }
    }

    /// <summary>Says what is decided, and sends again what a replica lacks: all loss is repaired here.</summary>
    private void OnTick()
    {
        _context.Links.Broadcast(new Decided(_decided));
        for (var member = 0; member < _have.Length; member++)
        {
            for (var slot = _have[member] + 1; slot >= 1 && slot <= Math.Min(_stored, _have[member] + Window); slot++)
            {
                _context.Links.Send(_context.Members[member], new Entry(slot, _log[(int)slot - 1]));
            }
        }
    }

    private void Answer(object answer) => _context.Role(KernelRoles.Gateway).Tell(answer, Self);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
