using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// While the members change: gets this replica to hold, durably, what the voters before hold of every object, and tells the epochs when it does. <see cref="HoldingsRequest"/>'s file has the
/// protocol, and why that is enough. It reads as many voters as are enough, a chunk of each at a time, and the others too when that does not end soon: with all replicas at it at once, each table that
/// need not be read is one less in the way of the clients.
/// </summary>
internal sealed class SyncActor : UntypedActor, IWithTimers
{
    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly QuorumSystem _old;
    private readonly SyncSession?[] _sessions;
    private readonly long _round;
    private VoteSet _done;
    private long _objects;
    private long _refused;
    private bool _isSynced;

    public SyncActor(ReplicaContext context, WPaxosOptions options)
    {
        (_context, _options, _old) = (context, options, context.OldQuorums);
        _round = context.Random(WPaxosRoles.Sync).NextInt64(1L << 48);
        _sessions = new SyncSession?[_old.Members.Length];
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Whether this replica has something to catch up with: it will vote after the joint epoch, or wants to.</summary>
    private bool IsNeeded => _context.Epoch.IsJoint == _context.Epoch.Voters.Contains(_context.Self);

    /// <summary>(a) and (b) of the argument.</summary>
    private bool IsEnough => _old.IsPhase1Quorum(_done) && _old.BlocksPhase1(_done);

    public static Props Props(ReplicaContext context, WPaxosOptions options) =>
        Akka.Actor.Props.Create(() => new SyncActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RolesStarted when IsNeeded:
                Begin();
                break;
            case Tick:
                Array.ForEach(_sessions, static session => session?.Repeat());
                Read(VoteSet.All(_sessions.Length));
                break;
            case Holdings holdings:
                OnHoldings(holdings);
                break;
            case Adopted adopted when Session(adopted.Token) is { } session:
                session.Take(adopted);
                Note(session);
                break;
            case CoverReached reached when Session(reached.Token) is { } session:
                session.AdoptAgain();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            case Adopted or CoverReached or RolesStarted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin()
    {
        // It holds what it holds: the roles of an epoch start from the disk.
        var self = _old.IndexOf(_context.Self);
        _done = self < 0 ? VoteSet.Empty : VoteSet.Empty.With(self);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval);
        Read(Fewest(self));
        EndIfEnough();
    }

    /// <summary>Few members that are enough; each asker's begin elsewhere.</summary>
    private VoteSet Fewest(int self)
    {
        var count = _sessions.Length;
        var first = self < 0 ? (int)(_round % count) : self;
        var some = _old.SmallestPhase1(first);
        for (var next = 0; next < count && !_old.BlocksPhase1(some); next++)
        {
            some = some.With((first + next) % count);
        }

        return some;
    }

    /// <summary>Begins with those that are not being read or done.</summary>
    private void Read(VoteSet members)
    {
        foreach (var member in members.Except(_done))
        {
            if (_sessions[member] is null)
            {
                _sessions[member] = new SyncSession(_context, _old.Members[member], member, _round);
                _sessions[member]!.Repeat();
            }
        }
    }

    private void OnHoldings(Holdings holdings)
    {
        var member = _old.IndexOf(holdings.From);
        if (member < 0 || holdings.Round != _round || _sessions[member] is not { } session)
        {
            return;
        }

        if (!Sanity.AreHoldings(holdings))
        {
            _refused++;
            return;
        }

        if (session.Take(holdings))
        {
            _objects += holdings.Objects.Count;
        }
    }

    private SyncSession? Session(long token) => Array.Find(_sessions, session => session?.Token == token);

    private void Note(SyncSession session)
    {
        if (session.IsDone)
        {
            _done = _done.With(session.Member);
            _sessions[session.Member] = null;
            EndIfEnough();
        }
    }

    private void EndIfEnough()
    {
        if (!_isSynced && IsEnough)
        {
            _isSynced = true;
            Timers.Cancel(Tick.Instance);
            Array.Clear(_sessions);
            _context.Role(KernelRoles.Epochs).Tell(new Synced(_context.Epoch.Number), Self);
        }
    }

    private RoleStatus Status() => new(WPaxosRoles.Sync,
    [
        new("synced", _isSynced ? "yes" : "no"),
        new("read", _old.Show(_done)),
        new("objects", _objects.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
