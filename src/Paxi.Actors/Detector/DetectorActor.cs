using System.Globalization;
using Akka.Actor;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.Detector;

/// <summary>
/// Heartbeats, suspicion and the poll before an election; see <see cref="Heartbeat"/>. It decides nothing that safety rests on: a wrong suspicion costs an
/// election, never a command. Leases rest on it in one point only, that a heartbeat's time is taken before it is sent.
/// </summary>
public sealed partial class DetectorActor : UntypedActor, IWithTimers
{
    private const int LargestBackOff = 8;

    /// <summary>Heartbeats that fail to come before the leader is named no more; standing for election takes longer.</summary>
    private const int HeartbeatsMissed = 3;

    private const string Timer = "watch";

    private readonly ReplicaContext _context;
    private readonly DetectorOptions _options;
    private readonly Random _random;
    private readonly int _index;
    private State _state = new Idle();
    private Ballot _leader;
    private TimeSpan? _heard;
    private long _round;
    private int _lost;
    private long _elections;
    private long _refused;

    public DetectorActor(ReplicaContext context, DetectorOptions options)
    {
        _context = context;
        _options = options;
        _random = context.Random(KernelRoles.Detector);
        _index = context.Quorums.IndexOf(context.Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, DetectorOptions options) =>
        Akka.Actor.Props.Create(() => new DetectorActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Heartbeat heartbeat when IsOwnersOwn(heartbeat):
                _context.Role(_options.Responder).Tell(new HeartbeatHeard(heartbeat.From, heartbeat.Ballot, heartbeat.Number), Self);
                break;
            case Heartbeat:
                _refused++;
                break;
            case HeartbeatAck ack:
                Count(ack.From, ack.Ballot, ack.Number);
                break;
            case Acknowledge acknowledge:
                Take(acknowledge);
                break;
            case Beat beat:
                Show(beat.Ballot);
                break;
            case Poll poll:
                Answer(poll);
                break;
            case PollAnswer answer:
                Count(answer);
                break;
            case WatchTimeout:
                OnTimeout();
                break;
            case HeartbeatLate:
                Suspect();
                break;
            default:
                OnCommand(message);
                break;
        }
    }

    private void OnCommand(object message)
    {
        switch (message)
        {
            case Watch when _index < 0:
                // No voter: it leads nobody.
                break;
            case Watch { WasLeading: true }:
                Become(new Watching(), Draw(_options.HeartbeatInterval / 4));
                break;
            case Watch watch:
                // The members stand one after another, so that normally one of them is alone with the first election.
                Become(new Watching(), watch.IsNew ? (_options.Place ?? _index) * _options.HeartbeatInterval + Draw(_options.HeartbeatInterval / 2) : Timeout());
                break;
            case Campaign:
                Become(new Campaigning(), null);
                break;
            case StandDown down:
                Follow(down.Lost);
                break;
            case GiveWay when _state is Watching:
                Become(new Watching(), Timeout());
                break;
            case GiveWay or RolesStarted:
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Become(State state, TimeSpan? timeout)
    {
        _state = state;
        if (timeout is { } span)
        {
            Timers.StartSingleTimer(Timer, WatchTimeout.Instance, span);
        }
        else
        {
            Timers.Cancel(Timer);
        }
    }

    private void Follow(bool lost)
    {
        _lost = lost ? Math.Min(_lost + 1, 30) : 0;
        var factor = Math.Min(1 << Math.Min(_lost, LargestBackOff), LargestBackOff);
        Become(new Watching(), lost ? Draw(factor * _options.ElectionTimeout) : Timeout());
    }

    // Following: hears the leader, or misses it.

    private bool IsOwnersOwn(Heartbeat heartbeat) =>
        heartbeat.Ballot.Owner == heartbeat.From && _context.Quorums.IndexOf(heartbeat.From) >= 0;

    private void Take(Acknowledge acknowledge)
    {
        if (acknowledge.From == _context.Self)
        {
            Count(_context.Self, acknowledge.Ballot, acknowledge.Number);
            return;
        }

        _context.Links.Send(acknowledge.From, new HeartbeatAck(_context.Self, acknowledge.Ballot, acknowledge.Number));
        if (_state is Beating { } beating && beating.Ballot > acknowledge.Ballot)
        {
            return;
        }

        _heard = Now;
        Timers.StartSingleTimer(HeartbeatLate.Instance, HeartbeatLate.Instance, HeartbeatsMissed * _options.HeartbeatInterval);
        if (acknowledge.Ballot != _leader)
        {
            _leader = acknowledge.Ballot;
            _lost = 0;
            _context.Role(_options.Listener).Tell(new LeaderHeard(_leader), Self);
        }

        if (_state is Watching { HasYielded: true } or Watching { Agreed.IsEmpty: false })
        {
            Become(new Watching(), Timeout());
        }
    }

    private void OnTimeout()
    {
        if (_state is not Watching watching)
        {
            return;
        }

        var silence = _heard is { } heard ? Now - heard : TimeSpan.MaxValue;
        if (silence < _options.ElectionTimeout)
        {
            Timers.StartSingleTimer(Timer, WatchTimeout.Instance, Timeout() - silence);
            return;
        }

        Suspect();
        _round++;
        watching.Agreed = VoteSet.Empty.With(_index);
        Timers.StartSingleTimer(Timer, WatchTimeout.Instance, _options.HeartbeatInterval + Draw(_options.HeartbeatInterval));
        _context.Links.Broadcast(new Poll(_context.Self, _round));
        StandIfAgreed(watching);
    }

    /// <summary>
    /// The leader is late: requests had better wait here than be sent to nobody. It is the leader again with its next heartbeat; nobody stands for election yet.
    /// </summary>
    private void Suspect()
    {
        if (!_leader.IsZero)
        {
            _context.Role(_options.Listener).Tell(new LeaderSuspected(_leader), Self);
            _leader = Ballot.Zero;
        }
    }

    private void Answer(Poll poll)
    {
        if (_context.Quorums.IndexOf(poll.From) < 0)
        {
            _refused++;
            return;
        }

        var agrees = _state is Watching && (_heard is not { } heard || Now - heard >= _options.ElectionTimeout);
        _context.Links.Send(poll.From, new PollAnswer(_context.Self, poll.Round, agrees));
        if (agrees && _state is Watching { HasYielded: false } watching)
        {
            // Once only: a replica that cannot hear asks for ever, and must not keep the others from standing.
            watching.HasYielded = true;
            watching.Agreed = VoteSet.Empty;
            Timers.StartSingleTimer(Timer, WatchTimeout.Instance, _options.ElectionTimeout / 2 + Draw(_options.ElectionTimeout / 2));
        }
    }

    private void Count(PollAnswer answer)
    {
        var member = _context.Quorums.IndexOf(answer.From);
        if (member < 0)
        {
            _refused++;
        }
        else if (_state is Watching { Agreed.IsEmpty: false } watching && answer.Agrees && answer.Round == _round)
        {
            watching.Agreed = watching.Agreed.With(member);
            StandIfAgreed(watching);
        }
    }

    private void StandIfAgreed(Watching watching)
    {
        if (_context.Quorums.IsPhase1Quorum(watching.Agreed))
        {
            _elections++;
            Become(new Campaigning(), null);
            _context.Role(_options.Listener).Tell(ElectionDue.Instance, Self);
        }
    }

    // Leading: shows itself, counts who stands by it.

    private void Show(Ballot ballot)
    {
        if (_state is not Beating beating || beating.Ballot != ballot)
        {
            _lost = 0;
            _leader = Ballot.Zero;
            beating = new Beating(ballot, Now, _context.Members.Length);
            Become(beating, null);
        }

        var now = Now;
        var number = beating.Sent(now);
        _context.Role(_options.Responder).Tell(new HeartbeatHeard(_context.Self, ballot, number), Self);
        _context.Links.Broadcast(new Heartbeat(_context.Self, ballot, number));
        TellContact(beating, now);
        if (now - beating.QuorumTime(_context.Quorums) > _options.ContactTimeout)
        {
            _context.Role(_options.Listener).Tell(new ContactLost(ballot), Self);
        }
    }

    private void Count(ReplicaId from, Ballot ballot, long number)
    {
        var member = _context.Quorums.IndexOf(from);
        if (member < 0)
        {
            _refused++;
            return;
        }

        if (_state is not Beating beating || beating.Ballot != ballot || !beating.Acknowledged(member, number))
        {
            return;
        }

        if (!beating.Contact.Contains(member))
        {
            TellContact(beating, Now);
        }

        var time = beating.QuorumTime(_context.Quorums);
        if (_options.LeaseHolder is { } holder && time > beating.LeaseFrom)
        {
            beating.LeaseFrom = time;
            _context.Role(holder).Tell(new LeaseExtended(ballot, time + _options.LeaseTerm), Self);
        }
    }

    private void TellContact(Beating beating, TimeSpan now)
    {
        var contact = beating.HeardSince(now - _options.ElectionTimeout);
        if (contact != beating.Contact)
        {
            beating.Contact = contact;
            _context.Role(_options.Listener).Tell(new ContactChanged(beating.Ballot, contact), Self);
        }
    }

    private TimeSpan Timeout() => _options.ElectionTimeout + Draw(_options.ElectionTimeout);

    private TimeSpan Draw(TimeSpan below) => TimeSpan.FromTicks(_random.NextInt64(Math.Max(1, below.Ticks)));

    private RoleStatus Status() => new(KernelRoles.Detector,
    [
        new("state", _state.Name),
        new("leader", _leader.IsZero ? "none" : _leader.ToString()),
        new("elections", _elections.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed record HeartbeatLate : INoSerializationVerificationNeeded
    {
        public static readonly HeartbeatLate Instance = new();
    }

    private sealed record WatchTimeout : INoSerializationVerificationNeeded
    {
        public static readonly WatchTimeout Instance = new();
    }
}
