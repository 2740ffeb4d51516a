using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <content>Leading.</content>
internal sealed partial class LeaderActor
{
    /// <summary>How long a watermark waits for an accept to ride on.</summary>
    private static readonly TimeSpan CommitDelay = TimeSpan.FromMilliseconds(5);

    private readonly List<Learn> _decided = [];

    private void Lead(Phase1 phase1)
    {
        var slots = new Phase2(phase1, _context.Quorums);
        var leading = new Leading(slots, _context.Quorums.SmallestPhase2(_index));
        _state = leading;
        Timers.CancelAll();
        _log.Info("{0} leads with ballot {1} from slot {2}", _self, slots.Ballot, slots.Decided + 1);
        _context.Observer.Led(_self, "", slots.Ballot);
        TellLeader(slots.Ballot);
        _context.Role(PaxosRoles.Reader).Tell(new LeadershipWon(slots.Ballot, slots.Barrier), Self);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.HeartbeatInterval);
        Fill(leading);
        OnTick();
    }

    /// <summary>Proposes while the pipeline has room: first what phase 1 left, then what waits.</summary>
    private bool Fill(Leading leading)
    {
        var slots = leading.Slots;
        var hasProposed = false;
        while (slots.Open < _options.Pipeline)
        {
            if (slots.HasRecovered)
            {
                Propose(leading, slots.NextRecovered(), isOwn: false);
            }
            else if (!_waiting.IsEmpty && IsTimeToPropose(leading))
            {
                Propose(leading, _waiting.TakeJoined(), isOwn: true);
            }
            else
            {
                break;
            }

            hasProposed = true;
        }

        return hasProposed;
    }

    /// <summary>
    /// A slot costs the same messages for one command as for a thousand. So while one is under way the next waits for company, but not for longer than the pace; what waits
    /// when the last one is decided goes at once.
    /// </summary>
    private bool IsTimeToPropose(Leading leading)
    {
        if (leading.Slots.Open == 0 || _waiting.IsFullBatch)
        {
            return true;
        }

        var wait = leading.ProposedAt + _options.Pace - Now;
        if (wait > TimeSpan.Zero && !Timers.IsTimerActive(Flush.Instance))
        {
            Timers.StartSingleTimer(Flush.Instance, Flush.Instance, wait);
        }

        return wait <= TimeSpan.Zero;
    }

    private void Propose(Leading leading, Batch batch, bool isOwn)
    {
        leading.ProposedAt = Now;
        var slot = leading.Slots.Propose(batch, isOwn, leading.ProposedAt);
        _proposed++;
        _commands += batch.Count;
        PaxosMetrics.BatchCommands.Record(batch.Count, _tag);
        var accept = new Accept(_self, leading.Slots.Ballot, slot, leading.Slots.Decided, batch);
        _context.Links.Send(_self, accept);
        if (_options.IsThrifty && !leading.IsWidened)
        {
            foreach (var member in leading.Thrifty.Without(_index))
            {
                _context.Links.Send(_context.Members[member], accept);
            }
        }
        else
        {
            _context.Links.Broadcast(accept);
        }
    }

    private void OnAccepted(Accepted accepted)
    {
        var member = _context.Quorums.IndexOf(accepted.From);
        if (member < 0)
        {
            _refused.Add();
            return;
        }

        if (_state is Leading leading && leading.Slots.Ballot == accepted.Ballot && leading.Slots.Vote(accepted.Slot, member))
        {
            Decide(leading);
        }
    }

    /// <summary>
    /// Tells what is decided: the own acceptor before the own learner, so that whatever the learner makes of it finds an acceptor that knows (see
    /// <see cref="Learned"/>).
    /// </summary>
    private void Decide(Leading leading)
    {
        while (leading.Slots.TakeDecided(out var slot, out var batch, out var isOwn))
        {
            _decided.Add(new Learn(slot, leading.Slots.Ballot, batch, isOwn));
        }

        if (!Fill(leading))
        {
            TellCommit(leading, toPeers: false);
            CommitSoon(leading);
        }

        _lost = 0;
        var learner = _context.Role(PaxosRoles.Learner);
        foreach (var learn in _decided)
        {
            learner.Tell(learn, Self);
        }

        _decided.Clear();
    }

    /// <summary>
    /// The watermark mostly rides on the next accept; only when none comes for a moment does it cost a message. Nobody waits for it but reads at other replicas.
    /// </summary>
    private void CommitSoon(Leading leading)
    {
        if (leading.Slots.Open == 0 && !Timers.IsTimerActive(CommitDue.Instance))
        {
            Timers.StartSingleTimer(CommitDue.Instance, CommitDue.Instance, CommitDelay);
        }
    }

    private void OnCommitDue()
    {
        if (_state is Leading { Slots.Open: 0 } leading)
        {
            TellCommit(leading, toPeers: true);
        }
    }

    private void TellCommit(Leading leading, bool toPeers)
    {
        var slots = leading.Slots;
        var commit = new Commit(_self, slots.Ballot, slots.Decided, slots.Barrier + 1);
        _context.Links.Send(_self, commit);
        if (toPeers)
        {
            _context.Links.Broadcast(commit);
        }
    }

    private void OnTick()
    {
        switch (_state)
        {
            case Preparing { Phase1: var phase1 }:
                SendPrepare(phase1);
                break;
            case Leading leading:
                _context.Role(KernelRoles.Detector).Tell(new Beat(leading.Slots.Ballot), Self);
                TellCommit(leading, toPeers: true);
                SendAgain(leading);
                break;
            default:
                break;
        }
    }

    /// <summary>To every acceptor that has not voted, for each slot that has waited too long; a thrifty leader turns to all of them until its few answer again.</summary>
    private void SendAgain(Leading leading)
    {
        var now = Now;
        var slots = leading.Slots;
        var all = VoteSet.All(_context.Members.Length);
        for (long from = 0;
            slots.TryFindSilent(from, now - _options.RetransmitInterval, now, out var slot, out var batch, out var votes);
            from = slot + 1)
        {
            leading.WidenedAt = now;
            var accept = new Accept(_self, slots.Ballot, slot, slots.Decided, batch);
            foreach (var member in all.Except(votes).Without(_index))
            {
                _resent.Add();
                _context.Links.Send(_context.Members[member], accept);
            }
        }

        leading.IsWidened = leading.WidenedAt is { } widened
            && (now - widened < _options.ElectionTimeout || !leading.Thrifty.Except(leading.Contact).IsEmpty);
    }

    private sealed record CommitDue : INoSerializationVerificationNeeded
    {
        public static readonly CommitDue Instance = new();
    }

    private sealed class Leading(Phase2 slots, VoteSet thrifty) : State
    {
        public override string Name => "leading";

        public Phase2 Slots { get; } = slots;

        public TimeSpan ProposedAt { get; set; }

        /// <summary>Whom a thrifty leader asks.</summary>
        public VoteSet Thrifty { get; } = thrifty;

        /// <summary>Who has acknowledged a heartbeat lately.</summary>
        public VoteSet Contact { get; set; }

        /// <summary>Thrifty, but its few were silent: ask all.</summary>
        public bool IsWidened { get; set; }

        public TimeSpan? WidenedAt { get; set; }
    }
}
