using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>
/// Takes what clients want and, when it leads, gets it decided: phase 1, batches, phase 2. In one of three states: following, standing for election (phase 1), leading
/// (phase 2).
/// </summary>
internal sealed partial class LeaderActor : UntypedActor, IWithTimers
{
    private readonly ReplicaContext _context;
    private readonly PaxosOptions _options;
    private readonly KeyValuePair<string, object?> _tag;
    private readonly RoleCounter _refused;
    private readonly RoleCounter _refusedCommands;
    private readonly RoleCounter _elections;
    private readonly RoleCounter _resent;
    private readonly ReplicaId _self;
    private readonly int _index;
    private readonly Random _random;
    private readonly WaitingBatches _waiting;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private State _state = new Starting();
    private Ballot _highest;
    private Ballot _known;

    /// <summary>A leader that was heard while this replica stood for election with a higher ballot; the detector tells it once. Zero when there is none.</summary>
    private Ballot _passedOver;
    private bool _flushQueued;
    private long _proposed;
    private long _commands;

    public LeaderActor(ReplicaContext context, PaxosOptions options)
    {
        (_context, _options, _self) = (context, options, context.Self);
        _tag = new KeyValuePair<string, object?>("replica", context.Self.ToString());
        _refused = new RoleCounter(PaxosMetrics.Refused, context.Self);
        _refusedCommands = new RoleCounter(PaxosMetrics.RefusedCommands, context.Self);
        _elections = new RoleCounter(PaxosMetrics.Elections, context.Self);
        _resent = new RoleCounter(PaxosMetrics.Resent, context.Self);
        _index = context.Quorums.IndexOf(context.Self);
        _random = context.Random(PaxosRoles.Leader);
        _waiting = new WaitingBatches(options.MaxWaiting, options.MaxWait, options.MaxBatchCommands, options.MaxBatchBytes);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, PaxosOptions options) =>
        Akka.Actor.Props.Create(() => new LeaderActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accepted accepted:
                OnAccepted(accepted);
                break;
            case Propose propose:
                OnPropose(propose.Batch);
                break;
            case Flush:
                OnFlush();
                break;
            case Promise promise:
                OnPromise(promise);
                break;
            case LearnedTo learned:
                OnLearned(learned.Slot);
                break;
            case Reject reject:
                OnReject(reject);
                break;
            case BallotRaised raised:
                OnHigherBallot(raised.Ballot);
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                OnEvent(message);
                break;
        }
    }

    private void OnEvent(object message)
    {
        switch (message)
        {
            case AcceptorReady ready:
                OnReady(ready);
                break;
            case ElectionDue:
                OnElectionDue();
                break;
            case LeaderHeard heard:
                OnLeaderHeard(heard.Ballot);
                break;
            case LeaderSuspected suspected:
                if (suspected.Ballot == _known)
                {
                    TellLeader(Ballot.Zero);
                }

                _passedOver = suspected.Ballot == _passedOver ? Ballot.Zero : _passedOver;

                break;
            case ContactLost lost when _state is Leading leading && leading.Slots.Ballot == lost.Ballot:
                _log.Warning("no quorum has acknowledged ballot {0} for a while; {1} stops leading", lost.Ballot, _self);
                StepDown(lost: false);
                break;
            case ContactChanged changed when _state is Leading leading && leading.Slots.Ballot == changed.Ballot:
                leading.Contact = changed.Members;
                break;
            case PhaseTimeout:
                OnPhase1Timeout();
                break;
            case Tick:
                OnTick();
                break;
            case CommitDue:
                OnCommitDue();
                break;
            case BackOffEnded when _state is Following && !_waiting.IsEmpty:
                Campaign();
                break;
            case BackOffEnded or ContactLost or ContactChanged or RolesStarted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnReady(AcceptorReady ready)
    {
        _highest = Ballot.Max(_highest, ready.Promised);
        _state = new Following();
        // Who led before the members changed stands first; when that one votes no more, nobody needs to wait for it.
        var led = _context.IsNextEpoch && ready.Promised.Owner == _self;
        var isVacant = _context.IsNextEpoch && _context.Quorums.IndexOf(ready.Promised.Owner) < 0;
        _context.Role(KernelRoles.Detector).Tell(new Watch(ready.IsNew || isVacant) { WasLeading = led }, Self);
        TellLeader(Ballot.Zero);
        CampaignIfEphemeral();
    }

    // Who leads.

    private void OnLeaderHeard(Ballot ballot)
    {
        _highest = Ballot.Max(_highest, ballot);
        if (_state is Preparing { Phase1: var phase1 } && ballot < phase1.Ballot)
        {
            _passedOver = ballot;
            return;
        }

        if (_state is Leading { Slots: var slots } && ballot < slots.Ballot)
        {
            return;
        }

        TellLeader(ballot);
        if (_state is Querying or Preparing or Leading)
        {
            StepDown(lost: false);
        }
    }

    private void OnReject(Reject reject)
    {
        if (_context.Quorums.IndexOf(reject.From) < 0 || reject.Promised.Counter >= AcceptorActor.LargestCounter
            || _context.Quorums.IndexOf(reject.Promised.Owner) < 0)
        {
            _refused.Add();
            return;
        }

        _highest = Ballot.Max(_highest, reject.Promised);
        if (OwnBallot is { } own && own == reject.Ballot && reject.Promised > own)
        {
            StepDown(lost: _state is Preparing);
        }
    }

    /// <summary>The own acceptor has promised another replica's ballot.</summary>
    private void OnHigherBallot(Ballot ballot)
    {
        _highest = Ballot.Max(_highest, ballot);
        if (OwnBallot is { } own && ballot > own)
        {
            StepDown(lost: false);
        }
        else if (_state is Following)
        {
            _context.Role(KernelRoles.Detector).Tell(GiveWay.Instance, Self);
        }

        if (ballot > _known)
        {
            // Whoever led before cannot decide with this acceptor any more; who leads next will show itself.
            TellLeader(Ballot.Zero);
            _passedOver = ballot > _passedOver ? Ballot.Zero : _passedOver;
        }
    }

    private Ballot? OwnBallot => _state switch
    {
        Preparing preparing => preparing.Phase1.Ballot,
        Leading leading => leading.Slots.Ballot,
        _ => null,
    };

    private void StepDown(bool lost)
    {
        var left = _state as Leading;
        _state = new Following();
        _lost++;
        Timers.CancelAll();
        _context.Role(KernelRoles.Detector).Tell(new StandDown(lost), Self);
        if (_passedOver > _known)
        {
            // The others stood by it: it leads still.
            TellLeader(_passedOver);
        }

        _passedOver = Ballot.Zero;
        if (left is not null)
        {
            if (_known.Owner == _self)
            {
                TellLeader(Ballot.Zero);
            }

            _context.Role(PaxosRoles.Reader).Tell(new LeadershipLost(KnownLeader), Self);
        }

        if (_options.IsEphemeralLeader)
        {
            // What was under way may be decided or not; a second copy of it is harmless, and somebody waits for its results.
            left?.Slots.TakeOwn(batch => _waiting.TryAdd(batch, Now));
            CampaignIfEphemeral();
        }
        else
        {
            RefuseWaiting();
        }
    }

    private ReplicaId? KnownLeader => _known.IsZero ? null : _known.Owner;

    private void TellLeader(Ballot ballot)
    {
        _known = ballot;

        // With an ephemeral leader every replica takes the requests that it is asked.
        var leader = _options.IsEphemeralLeader ? _self : KnownLeader;
        _context.Role(KernelRoles.Gateway).Tell(new LeaderChanged(leader, ballot), Self);
        if (_state is not Leading)
        {
            _context.Role(PaxosRoles.Reader).Tell(new LeadershipLost(KnownLeader), Self);
        }
    }

    // Requests.

    private void OnPropose(Batch batch)
    {
        if (_state is Following or Starting && !_options.IsEphemeralLeader)
        {
            Refuse(batch, RefusalReason.NoLeader);
            return;
        }

        if (!_waiting.TryAdd(batch, Now))
        {
            Refuse(batch, RefusalReason.Overloaded);
            return;
        }

        if (_state is Leading)
        {
            QueueFlush();
        }
        else
        {
            CampaignIfEphemeral();
        }
    }

    /// <summary>Behind everything that is in the mailbox now, so that what came together is proposed together.</summary>
    private void QueueFlush()
    {
        if (!_flushQueued)
        {
            _flushQueued = true;
            Self.Tell(Flush.Instance);
        }
    }

    private void OnFlush()
    {
        _flushQueued = false;
        if (_state is Leading leading)
        {
            Fill(leading);
        }
    }

    private void RefuseWaiting()
    {
        while (!_waiting.IsEmpty)
        {
            Refuse(_waiting.Take(), RefusalReason.NoLeader);
        }
    }

    private void Refuse(Batch batch, RefusalReason reason)
    {
        _refusedCommands.Add(batch.Count);
        _context.Role(KernelRoles.Gateway).Tell(new ProposalRefused(batch, reason, KnownLeader), Self);
    }

    private TimeSpan Draw(TimeSpan below) => TimeSpan.FromTicks(_random.NextInt64(Math.Max(1, below.Ticks)));

    private RoleStatus Status()
    {
        var slots = (_state as Leading)?.Slots;
        return new RoleStatus(PaxosRoles.Leader,
        [
            new("state", _state.Name),
            new("ballot", (OwnBallot ?? _known).ToString()),
            new("leader", KnownLeader?.ToString() ?? "none"),
            new("decided", slots?.Decided.ToString(CultureInfo.InvariantCulture) ?? "-"),
            new("pipeline", slots?.Open.ToString(CultureInfo.InvariantCulture) ?? "0"),
            new("waiting", _waiting.Commands.ToString(CultureInfo.InvariantCulture)),
            new("proposed", _proposed.ToString(CultureInfo.InvariantCulture)),
            new("commands", _commands.ToString(CultureInfo.InvariantCulture)),
            new("elections", _elections.ToString()),
            new("resent", _resent.ToString()),
            new("refused_commands", _refusedCommands.ToString()),
            new("refused", _refused.ToString()),
        ]);
    }

    private abstract class State
    {
        public abstract string Name { get; }
    }

    /// <summary>Waits for the acceptor to have read the journal.</summary>
    private sealed class Starting : State
    {
        public override string Name => "starting";
    }

    private sealed class Following : State
    {
        public override string Name => "following";
    }

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }

    private sealed record PhaseTimeout : INoSerializationVerificationNeeded
    {
        public static readonly PhaseTimeout Instance = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
