using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// While the members change: finds out when this replica holds, durably, all that a phase-1 quorum of the voters before had voted for, and tells the epochs (see <see cref="EpochPrepare"/>'s file). It is
/// the rinse of a quorum read, with the old voters' quorum: their highest voted slot bounds what they may have decided, and once this replica has executed up to there it knows all of it. A
/// replica that is no voter yet does the same with the present voters: it has caught up then.
/// <para>
/// It promises the highest ballot that they have promised, too. Which vote of a slot is the highest decides what a new leader proposes, so ballots must rise from one epoch to the next; but quorums of the
/// two need not meet. Those that answer have a member in every phase-1 quorum of the old voters, so they know every ballot that was ever won there, and every phase-1 quorum of the new voters has a synced
/// member, which lets none below pass.
/// </para>
/// </summary>
internal sealed class SyncActor : UntypedActor, IWithTimers
{
    /// <summary>After so many ticks a bound that was not reached is asked for anew.</summary>
    private const int TicksForBound = 16;

    private readonly ReplicaContext _context;
    private readonly PaxosOptions _options;
    private readonly QuorumSystem _old;
    private VoteSet _answered;
    private long _round;
    private long _bound;
    private Ballot _promised;
    private long _executed;
    private bool _isSynced;
    private int _ticks;

    public SyncActor(ReplicaContext context, PaxosOptions options)
    {
        (_context, _options, _old) = (context, options, context.OldQuorums);
        _round = context.Random(PaxosRoles.Sync).NextInt64(1L << 48);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Whether the bound is known: a phase-1 quorum of the old voters, all in this epoch, has answered; and of every such quorum a member has.</summary>
    private bool IsBounded => _old.IsPhase1Quorum(_answered) && _old.BlocksPhase1(_answered);

    public static Props Props(ReplicaContext context, PaxosOptions options) =>
        Akka.Actor.Props.Create(() => new SyncActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RolesStarted when _context.Epoch.IsJoint || !_context.Epoch.Voters.Contains(_context.Self):
                Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval);
                Ask();
                break;
            case Tick:
                OnTick();
                break;
            case SyncAnswer answer when answer.Round == _round && !IsBounded:
                OnAnswer(answer);
                break;
            case LearnedTo learned:
                OnLearned(learned.Slot);
                break;
            case DurableTo durable when IsBounded && durable.Slot >= _bound:
                OnSynced();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case SyncAnswer or DurableTo or RolesStarted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Not there yet: asks again.</summary>
    private void OnTick()
    {
        if (IsBounded && ++_ticks % TicksForBound != 0)
        {
            // The same bound for a while: under load another one would always be ahead.
            _context.Role(PaxosRoles.Learner).Tell(LearnerQuery.Instance, Self);
            return;
        }

        if (IsBounded)
        {
            // A vote that decides nothing any more may have set the bound too high: it is asked for anew while it is not reached.
            (_answered, _bound) = (VoteSet.Empty, 0);
            _round++;
        }

        Ask();
    }

    private void Ask()
    {
        foreach (var member in _old.Members)
        {
            if (!_answered.Contains(_old.IndexOf(member)))
            {
                _context.Links.Send(member, new SyncQuery(_context.Self, _round));
            }
        }
    }

    private void OnAnswer(SyncAnswer answer)
    {
        var member = _old.IndexOf(answer.From);
        if (member < 0 || answer.Slot < 0 || answer.Promised.Counter >= AcceptorActor.LargestCounter)
        {
            return;
        }

        _answered = _answered.With(member);
        _bound = Math.Max(_bound, answer.Slot);
        _promised = Ballot.Max(_promised, answer.Promised);
        if (IsBounded)
        {
            _context.Role(PaxosRoles.Learner).Tell(LearnerQuery.Instance, Self);
        }
    }

    private void OnLearned(long slot)
    {
        _executed = slot;
        if (_isSynced || !IsBounded)
        {
            return;
        }

        if (slot >= _bound)
        {
            _context.Role(PaxosRoles.Acceptor).Tell(new DurableQuery(_bound, _promised), Self);
        }
        else
        {
            // Somebody of the quorum that answered can tell.
            var peer = _old.Members.FirstOrDefault(member => member != _context.Self && _answered.Contains(_old.IndexOf(member)), _context.Self);
            _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(_bound, peer), Self);
        }
    }

    private void OnSynced()
    {
        if (!_isSynced)
        {
            _isSynced = true;
            Timers.Cancel(Tick.Instance);
            _context.Role(KernelRoles.Epochs).Tell(new Synced(_context.Epoch.Number), Self);
        }
    }

    private RoleStatus Status() => new(PaxosRoles.Sync,
    [
        new("synced", _isSynced ? "yes" : "no"),
        new("bound", _bound.ToString(CultureInfo.InvariantCulture)),
        new("executed", _executed.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
