using Akka.Actor;
using Akka.Event;
using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <content>Standing for election.</content>
internal sealed partial class LeaderActor
{
    private const int LargestBackOff = 6;
    private const string BackOffTimer = "back-off";

    /// <summary>Leaderships and elections lost since a slot was last decided here.</summary>
    private int _lost;

    private void OnElectionDue()
    {
        if (_state is Following)
        {
            Campaign();
        }
    }

    private void Campaign()
    {
        if (_highest.Counter + 1 >= AcceptorActor.LargestCounter)
        {
            _log.Error("no ballot is left above {0}", _highest);
            return;
        }

        _elections.Add();
        _highest = _highest.Next(_self);
        _state = new Querying(_highest);
        Timers.Cancel(BackOffTimer);
        _context.Role(KernelRoles.Detector).Tell(Actors.Detector.Campaign.Instance, Self);
        _context.Role(PaxosRoles.Learner).Tell(LearnerQuery.Instance, Self);
    }

    /// <summary>With an ephemeral leader, whoever has requests stands for election, after a pause that grows with each loss so that rivals do not duel for ever.</summary>
    private void CampaignIfEphemeral()
    {
        if (!_options.IsEphemeralLeader || _waiting.IsEmpty || _state is not Following || Timers.IsTimerActive(BackOffTimer))
        {
            return;
        }

        if (_lost == 0)
        {
            Campaign();
        }
        else
        {
            Timers.StartSingleTimer(BackOffTimer, BackOffEnded.Instance, Draw((1 << Math.Min(_lost, LargestBackOff)) * _options.HeartbeatInterval / 4));
        }
    }

    private void OnLearned(long slot)
    {
        switch (_state)
        {
            case Querying querying:
                Prepare(new Phase1(querying.Ballot, slot + 1, _context.Quorums));
                break;
            case Preparing { Phase1: var phase1 } when slot >= phase1.First:
                phase1.MoveTo(slot);
                SendPrepare(phase1);
                break;
            case Leading leading:
                if (leading.Slots.MoveTo(slot))
                {
                    Fill(leading);
                }
                else
                {
                    StepDown(lost: false);
                }

                break;
            default:
                break;
        }
    }

    private void Prepare(Phase1 phase1)
    {
        _state = new Preparing(phase1);
        SendPrepare(phase1);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval);
        Timers.StartSingleTimer(PhaseTimeout.Instance, PhaseTimeout.Instance, _options.ElectionTimeout + Draw(_options.ElectionTimeout));
    }

    /// <summary>To every acceptor that has not told everything.</summary>
    private void SendPrepare(Phase1 phase1)
    {
        for (var member = 0; member < _context.Members.Length; member++)
        {
            if (!phase1.Complete.Contains(member))
            {
                SendPrepare(phase1, member);
            }
        }
    }

    private void SendPrepare(Phase1 phase1, int member) =>
        _context.Links.Send(_context.Members[member], new Prepare(_self, phase1.Ballot, phase1.NextOf(member)));

    private void OnPromise(Promise promise)
    {
        var member = _context.Quorums.IndexOf(promise.From);
        if (member < 0)
        {
            _refused.Add();
            return;
        }

        if (_state is not Preparing { Phase1: var phase1 } || promise.Ballot != phase1.Ballot)
        {
            return;
        }

        switch (phase1.Take(member, promise))
        {
            case PromiseOutcome.AskNext:
                SendPrepare(phase1, member);
                break;
            case PromiseOutcome.CatchUp:
                _context.Role(PaxosRoles.Learner).Tell(new CommitSeen(promise.Decided, promise.From), Self);
                _context.Role(PaxosRoles.Learner).Tell(LearnerQuery.Instance, Self);
                break;
            case PromiseOutcome.Taken when phase1.IsWon(_index):
                Lead(phase1);
                break;
            default:
                break;
        }
    }

    private void OnPhase1Timeout()
    {
        if (_state is Preparing)
        {
            StepDown(lost: true);
        }
    }

    /// <summary>Waits for the learner to say how far it is.</summary>
    private sealed class Querying(Ballot ballot) : State
    {
        public override string Name => "phase 1";

        public Ballot Ballot { get; } = ballot;
    }

    private sealed class Preparing(Phase1 phase1) : State
    {
        public override string Name => "phase 1";

        public Phase1 Phase1 { get; } = phase1;
    }

    private sealed record BackOffEnded : INoSerializationVerificationNeeded
    {
        public static readonly BackOffEnded Instance = new();
    }
}
