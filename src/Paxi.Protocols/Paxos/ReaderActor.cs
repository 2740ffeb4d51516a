using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Reads outside the log: by the leader under its lease, by a quorum of acceptors, or from whatever is executed here. The learner, which has the state, answers; this role
/// finds out how far it must be.
/// </summary>
internal sealed class ReaderActor : UntypedActor, IWithTimers
{
    /// <summary>Questions to acceptors that are under way at a time; reads that come meanwhile share the next one.</summary>
    private const int MaxRounds = 4;

    private readonly ReplicaContext _context;
    private readonly PaxosOptions _options;
    private readonly RoleCounter _reads;
    private readonly RoleCounter _refused;
    private readonly RoleCounter _refusedCommands;
    private readonly int _index;
    private readonly VoteSet _asked;
    private readonly SortedDictionary<long, Round> _rounds = [];
    private readonly Queue<Batch> _waitingForRound = new();
    private readonly Queue<(Batch Batch, TimeSpan Deadline)> _waitingForLease = new();
    private bool _flushQueued;
    private bool _leads;
    private Ballot _ballot;
    private long _barrier;
    private TimeSpan _leaseUntil;
    private ReplicaId? _leader;
    private int _waitingCommands;
    private long _round;

    public ReaderActor(ReplicaContext context, PaxosOptions options)
    {
        (_context, _options) = (context, options);
        _reads = new RoleCounter(PaxosMetrics.Reads, context.Self);
        _refused = new RoleCounter(PaxosMetrics.Refused, context.Self);
        _refusedCommands = new RoleCounter(PaxosMetrics.RefusedCommands, context.Self);
        _index = context.Quorums.IndexOf(context.Self);
        // A replica that is no voter yet asks like the first one.
        _asked = context.Quorums.SmallestPhase1(Math.Max(_index, 0));
        _round = context.Random(PaxosRoles.Reader).NextInt64(1L << 48);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    /// <summary>A read that cannot be answered for this long is refused: no lease, no quorum, or a slot that nobody decides.</summary>
    private TimeSpan Patience => 4 * _options.ElectionTimeout;

    public static Props Props(ReplicaContext context, PaxosOptions options) =>
        Akka.Actor.Props.Create(() => new ReaderActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReadRequests requests:
                OnRead(requests);
                break;
            case ReadAnswer answer:
                OnAnswer(answer);
                break;
            case Flush:
                _flushQueued = false;
                StartRounds();
                break;
            case LeaseExtended extended when extended.Ballot == _ballot && _leads:
                _leaseUntil = extended.Until;
                ServeLeaseReads();
                break;
            case LeadershipWon won:
                (_leads, _ballot, _barrier, _leaseUntil, _leader) = (true, won.Ballot, won.Barrier, TimeSpan.MinValue, _context.Self);
                break;
            case LeadershipLost lost:
                (_leads, _leader) = (false, lost.Leader);
                RefuseLeaseReads(TimeSpan.MaxValue, RefusalReason.NoLeader);
                break;
            case Tick:
                OnTick();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case LeaseExtended or RolesStarted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRead(ReadRequests requests)
    {
        _reads.Add(requests.Batch.Count);
        switch (requests.Mode)
        {
            case ReadMode.Any:
                Read(requests.Batch, 0);
                break;
            case ReadMode.Leader when !_options.HasLeases:
                // Without a lease nothing but the log tells that this replica leads still.
                _context.Role(PaxosRoles.Leader).Tell(new Propose(requests.Batch), Self);
                break;
            case ReadMode.Leader when !_leads:
                Refuse(requests.Batch, RefusalReason.NoLeader);
                break;
            case ReadMode.Leader when Now < _leaseUntil:
                Read(requests.Batch, _barrier);
                break;
            case ReadMode.Leader or ReadMode.Quorum when _waitingCommands + requests.Batch.Count > _options.MaxWaiting && _waitingCommands > 0:
                Refuse(requests.Batch, RefusalReason.Overloaded);
                break;
            case ReadMode.Leader:
                _waitingCommands += requests.Batch.Count;
                _waitingForLease.Enqueue((requests.Batch, Now + Patience));
                StartTicking();
                break;
            case ReadMode.Quorum:
                _waitingCommands += requests.Batch.Count;
                _waitingForRound.Enqueue(requests.Batch);
                if (!_flushQueued)
                {
                    _flushQueued = true;
                    Self.Tell(Flush.Instance);
                }

                break;
            default:
                Refuse(requests.Batch, RefusalReason.Unsupported);
                break;
        }
    }

    private void Read(Batch batch, long slot) =>
        _context.Role(PaxosRoles.Learner).Tell(new ReadAt(batch, slot, Now + Patience), Self);

    private void Refuse(Batch batch, RefusalReason reason)
    {
        _refusedCommands.Add(batch.Count);
        var leader = reason == RefusalReason.NoLeader ? _leader : null;
        _context.Role(KernelRoles.Gateway).Tell(new ReadsRefused(batch, reason, leader), Self);
    }

    // Lease reads. That the lease holds is seen after the read came in and before it is answered; at that moment nobody else can have decided anything, so everything
    // acknowledged before is in the state that the learner reads.

    private void ServeLeaseReads()
    {
        while (Now < _leaseUntil && _waitingForLease.TryDequeue(out var waiting))
        {
            _waitingCommands -= waiting.Batch.Count;
            Read(waiting.Batch, _barrier);
        }
    }

    private void RefuseLeaseReads(TimeSpan before, RefusalReason reason)
    {
        while (_waitingForLease.TryPeek(out var waiting) && waiting.Deadline <= before)
        {
            _waitingForLease.Dequeue();
            _waitingCommands -= waiting.Batch.Count;
            Refuse(waiting.Batch, reason);
        }
    }

    // Quorum reads. A read belongs to a round that starts after the read came in.

    private void StartRounds()
    {
        if (_waitingForRound.Count == 0 || _rounds.Count >= MaxRounds)
        {
            return;
        }

        _round++;
        var round = new Round([.. _waitingForRound], _asked, Now);
        _waitingForRound.Clear();
        _rounds.Add(_round, round);
        foreach (var member in round.Asked)
        {
            _context.Links.Send(_context.Members[member], new ReadQuery(_context.Self, _round));
        }

        StartTicking();
    }

    private void OnAnswer(ReadAnswer answer)
    {
        var member = _context.Quorums.IndexOf(answer.From);
        if (member < 0 || answer.Slot < 0)
        {
            _refused.Add();
            return;
        }

        if (!_rounds.TryGetValue(answer.Round, out var round))
        {
            return;
        }

        round.Answered = round.Answered.With(member);
        round.Highest = Math.Max(round.Highest, answer.Slot);
        if (!_context.Quorums.IsPhase1Quorum(round.Answered))
        {
            return;
        }

        _rounds.Remove(answer.Round);
        foreach (var batch in round.Batches)
        {
            _waitingCommands -= batch.Count;
            Read(batch, round.Highest);
        }

        StartRounds();
    }

    private void OnTick()
    {
        var now = Now;
        RefuseLeaseReads(now, RefusalReason.Overloaded);
        foreach (var (number, round) in _rounds.ToArray())
        {
            if (now - round.StartedAt > Patience)
            {
                _rounds.Remove(number);
                foreach (var batch in round.Batches)
                {
                    _waitingCommands -= batch.Count;
                    Refuse(batch, RefusalReason.Overloaded);
                }
            }
            else if (now - round.StartedAt >= _options.RetransmitInterval)
            {
                // The few that were asked are silent: ask everyone who has not answered.
                for (var member = 0; member < _context.Members.Length; member++)
                {
                    if (!round.Answered.Contains(member))
                    {
                        _context.Links.Send(_context.Members[member], new ReadQuery(_context.Self, number));
                    }
                }
            }
        }

        StartRounds();
        if (_rounds.Count == 0 && _waitingForLease.Count == 0)
        {
            Timers.Cancel(Tick.Instance);
        }
    }

    private void StartTicking()
    {
        if (!Timers.IsTimerActive(Tick.Instance))
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval);
        }
    }

    private RoleStatus Status() => new(PaxosRoles.Reader,
    [
        new("reads", _reads.ToString()),
        new("waiting", _waitingCommands.ToString(CultureInfo.InvariantCulture)),
        new("lease", _leads && Now < _leaseUntil ? "held" : "none"),
        new("refused_commands", _refusedCommands.ToString()),
        new("refused", _refused.ToString()),
    ]);

    private sealed class Round(IReadOnlyList<Batch> batches, VoteSet asked, TimeSpan startedAt)
    {
        public IReadOnlyList<Batch> Batches { get; } = batches;

        public VoteSet Asked { get; } = asked;

        public TimeSpan StartedAt { get; } = startedAt;

        public VoteSet Answered { get; set; }

        public long Highest { get; set; }
    }

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
