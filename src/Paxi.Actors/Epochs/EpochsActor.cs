using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Journal;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.Epochs;

/// <summary>
/// The log of epochs at one replica: acceptor and learner of it, and its proposer when it is asked to change the members; <see cref="EpochPrepare"/>'s file has the protocol.
/// </summary>
public sealed partial class EpochsActor : UntypedActor, IWithTimers
{
    private const string ProposeTimer = "propose";
    private const string DeadlineTimer = "deadline";

    /// <summary>Of so many beats that are due, one is sent when nothing changes.</summary>
    private const int BeatsAtRest = 20;

    /// <summary>How often in a beat interval a peer is told of the same epoch.</summary>
    private const int NoticesABeat = 4;

    private readonly ReplicaContext _context;
    private readonly EpochOptions _options;
    private readonly Func<ImmutableArray<ReplicaId>, QuorumSystem> _rules;
    private readonly ReplicaId _self;
    private readonly Random _random;
    private readonly SortedDictionary<ReplicaId, (long Number, bool IsSynced)> _peers = [];
    private readonly SortedDictionary<ReplicaId, (long Number, TimeSpan At)> _told = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Epoch _epoch;
    private EpochVote _vote;
    private QuorumSystem _majority;
    private Ballot _highest;
    private bool _isSynced;
    private EpochProposal? _proposal;
    private Change? _change;
    private long _beats;
    private long _refused;

    /// <param name="rules">The protocol's quorums for a set of voters.</param>
    public EpochsActor(ReplicaContext context, EpochOptions options, Func<ImmutableArray<ReplicaId>, QuorumSystem> rules)
    {
        (_context, _options, _rules, _self) = (context, options, rules, context.Self);
        _random = context.Random(KernelRoles.Epochs);
        (_epoch, _vote) = EpochJournal.Read(context.Store, context.Epoch);
        _majority = _epoch.Quorums(static voters => QuorumSystem.Majority(voters));
        _highest = _vote.Promised;
        // The first epoch is what the operator wrote down: nothing was decided before it.
        _isSynced = _epoch.Number == 1 && _epoch.Voters.Contains(_self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ReplicaContext context, EpochOptions options, Func<ImmutableArray<ReplicaId>, QuorumSystem> rules) =>
        Akka.Actor.Props.Create(() => new EpochsActor(context, options, rules));

    protected override void PreStart()
    {
        ForgetHeard();
        Timers.StartPeriodicTimer(BeatDue.Instance, BeatDue.Instance, _options.BeatInterval);
        if (EpochJournal.Find(_context.Store) is null)
        {
            Persist(EpochJournal.Decided(_epoch), this);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeatDue:
                OnBeatDue();
                break;
            case EpochBeat beat:
                OnBeat(beat);
                break;
            case EpochNotice notice:
                Learn(notice.Epoch);
                break;
            case EpochPrepare prepare:
                OnPrepare(prepare);
                break;
            case EpochAccept accept:
                OnAccept(accept);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Token);
                break;
            case EpochPromise promise when _proposal?.Promise(promise) == true:
                Broadcast(new EpochAccept(_self, _proposal.Ballot, _proposal.Value));
                break;
            case EpochAccepted accepted when _proposal?.Accepted(accepted) == true:
                Learn(_proposal.Value);
                break;
            case EpochPromise or EpochAccepted:
                break;
            case EpochReject reject:
                OnReject(reject);
                break;
            default:
                OnLocal(message);
                break;
        }
    }

    private void OnLocal(object message)
    {
        switch (message)
        {
            case Synced synced:
                OnSynced(synced.Number);
                break;
            case OtherEpoch other:
                OnOther(other.Peer, other.Number);
                break;
            case ChangeMembers change:
                OnChange(change);
                break;
            case ChangeEnded ended:
                OnRemovalEnded(ended);
                break;
            case ProposeDue:
                Timers.Cancel(ProposeTimer);
                Propose();
                break;
            case DeadlinePassed:
                OnDeadline();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case RolesStarted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Told at once: the joint epoch waits for it, and the shorter that is, the fewer requests meet both changes.</summary>
    private void OnSynced(long number)
    {
        if (number == _epoch.Number && !_isSynced)
        {
            _isSynced = true;
            Beat();
        }

        GoOn();
    }

    // Acceptor.

    private void OnPrepare(EpochPrepare prepare)
    {
        if (!IsNext(prepare.From, prepare.Number, prepare.Ballot))
        {
            return;
        }

        if (prepare.Ballot < _vote.Promised)
        {
            Send(prepare.From, new EpochReject(_self, prepare.Number, prepare.Ballot, _vote.Promised));
            return;
        }

        _vote = _vote with { Promised = prepare.Ballot };
        Persist(EpochJournal.Voted(_vote), (prepare.From, new EpochPromise(_self, _vote.Number, _vote.Promised, _vote.Ballot, _vote.Epoch)));
    }

    private void OnAccept(EpochAccept accept)
    {
        if (!IsNext(accept.From, accept.Epoch.Number, accept.Ballot))
        {
            return;
        }

        if (accept.Ballot < _vote.Promised)
        {
            Send(accept.From, new EpochReject(_self, accept.Epoch.Number, accept.Ballot, _vote.Promised));
            return;
        }

        _vote = new EpochVote(accept.Epoch.Number, accept.Ballot, accept.Ballot, accept.Epoch);
        Persist(EpochJournal.Voted(_vote), (accept.From, new EpochAccepted(_self, _vote.Number, _vote.Ballot)));
    }

    /// <summary>Whether it is about the slot behind the newest epoch; whoever is behind is told, and whoever is ahead is asked.</summary>
    private bool IsNext(ReplicaId from, long number, Ballot ballot)
    {
        if (ballot.Owner != from || _majority.IndexOf(from) < 0 || ballot.Counter >= EpochOptions.LargestCounter)
        {
            _refused++;
            return false;
        }

        if (number != _vote.Number)
        {
            OnOther(from, number - 1);
            return false;
        }

        _highest = Ballot.Max(_highest, ballot);
        return true;
    }

    private void Persist(JournalWrite write, object token) => _context.Journal.Tell(new Persist([write], token), Self);

    private void OnPersisted(object token)
    {
        switch (token)
        {
            case (ReplicaId to, Wire.IWireMessage answer):
                Send(to, answer);
                break;
            case Epoch epoch:
                Activate(epoch);
                break;
        }
    }

    // Learner.

    private void Learn(Epoch epoch)
    {
        if (epoch.Number <= _epoch.Number)
        {
            return;
        }

        (_epoch, _isSynced, _proposal) = (epoch, false, null);
        ForgetHeard();
        _vote = new EpochVote(epoch.Number + 1, Ballot.Zero, Ballot.Zero, null);
        _majority = epoch.Quorums(static voters => QuorumSystem.Majority(voters));
        _highest = Ballot.Zero;
        Timers.Cancel(ProposeTimer);
        Persist(EpochJournal.Decided(epoch), epoch);
    }

    private void Activate(Epoch epoch)
    {
        if (epoch != _epoch)
        {
            return;
        }

        _log.Info("{0} begins at {1}", epoch, _self);
        Context.Parent.Tell(new EpochChanged(epoch, epoch.Quorums(_rules)), Self);
        if (_change is not null)
        {
            // The driver tells all; whom that does not reach asks when it hears a beat of the epoch.
            Broadcast(new EpochNotice(_self, epoch));
        }

        EndChangeIfDone();
        Beat();
        GoOn();
    }

    private void OnOther(ReplicaId peer, long number)
    {
        if (number < _epoch.Number)
        {
            Tell(peer);
        }
        else if (number > _epoch.Number)
        {
            Send(peer, new EpochBeat(_self, _epoch.Number, _isSynced));
        }
    }

    /// <summary>
    /// Not again at once. Two replicas whose disks are slow know the epoch and do not act in it yet, each in another one before it; the envelope in which one tells the other would be answered in the same way,
    /// and so on without an end.
    /// </summary>
    private void Tell(ReplicaId peer)
    {
        if (_told.TryGetValue(peer, out var told) && told.Number == _epoch.Number && Now - told.At < _options.BeatInterval / NoticesABeat)
        {
            return;
        }

        _told[peer] = (_epoch.Number, Now);
        Send(peer, new EpochNotice(_self, _epoch));
    }

    // What the others know.

    /// <summary>Always while something is under way here, else now and then.</summary>
    private void OnBeatDue()
    {
        if (++_beats % BeatsAtRest == 0 || _options.RemovesUnreachable || _epoch.IsJoint || _change is not null || !_epoch.Voters.Contains(_self))
        {
            Beat();
        }

        RemoveUnreachable();
        GoOn();
    }

    private void Beat()
    {
        _peers[_self] = (_epoch.Number, _isSynced);
        Broadcast(new EpochBeat(_self, _epoch.Number, _isSynced) { Missed = Missed() });
    }

    private void OnBeat(EpochBeat beat)
    {
        if (beat.From == _self)
        {
            return;
        }

        _peers[beat.From] = (beat.Number, beat.IsSynced);
        Hear(beat);
        OnOther(beat.From, beat.Number);
        GoOn();
    }

    /// <summary>The members that know the present epoch, or that are synced in it, as indexes of <paramref name="system"/>.</summary>
    private VoteSet Those(QuorumSystem system, bool synced)
    {
        var members = VoteSet.Empty;
        foreach (var (peer, (number, isSynced)) in _peers)
        {
            var index = system.IndexOf(peer);
            if (index >= 0 && number == _epoch.Number && (isSynced || !synced))
            {
                members = members.With(index);
            }
        }

        return members;
    }

    private void Broadcast(Wire.IWireMessage message)
    {
        foreach (var member in _epoch.Members)
        {
            Send(member, message);
        }
    }

    private void Send(ReplicaId to, Wire.IWireMessage message) => _context.Links.Send(to, message);

    private RoleStatus Status() => new(KernelRoles.Epochs,
    [
        new("epoch", _epoch.Number.ToString(CultureInfo.InvariantCulture)),
        new("joint", _epoch.IsJoint ? "yes" : "no"),
        new("voters", string.Join(' ', _epoch.Voters)),
        new("synced", _isSynced ? "yes" : "no"),
        new("missed", string.Join(' ', Missed())),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed record BeatDue : INoSerializationVerificationNeeded
    {
        public static readonly BeatDue Instance = new();
    }
}
