using System.Globalization;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// Tells every replica with each heartbeat that this one is here, and what its table is; suspects those of which nothing is heard, and has tables compared that stay different while nothing
/// happens. It suspects wrongly when a replica is slow: that costs a steal, never safety.
/// </summary>
internal sealed class PeersActor : UntypedActor, IWithTimers
{
    /// <summary>Tables that never stand still are compared after so long.</summary>
    private static readonly TimeSpan LongestDifference = TimeSpan.FromSeconds(30);

    private readonly ReplicaContext _context;
    private readonly WPaxosOptions _options;
    private readonly Peer?[] _peers;
    private TableKnown _own = new(0, 0);
    private long _compared;
    private long _refused;

    public PeersActor(ReplicaContext context, WPaxosOptions options)
    {
        (_context, _options) = (context, options);
        _peers = [.. context.Members.Select(member => member == context.Self ? null : new Peer(member))];
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ReplicaContext context, WPaxosOptions options) =>
        Akka.Actor.Props.Create(() => new PeersActor(context, options));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case Beat beat:
                OnBeat(beat);
                break;
            case TableKnown known:
                _own = known;
                break;
            case RolesStarted:
                OnStarted();
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnStarted()
    {
        foreach (var peer in _peers)
        {
            if (peer is not null)
            {
                peer.HeardAt = Now;
            }
        }

        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, _options.HeartbeatInterval);
    }

    private void OnTick()
    {
        if (_context.Quorums.IndexOf(_context.Self) < 0)
        {
            // Its table is behind, and nobody counts on it.
            return;
        }

        _context.Links.Broadcast(new Beat(_context.Self, _own.Objects, _own.Digest));

        // For the next beat: this one must not wait for a learner that is at work.
        _context.Role(WPaxosRoles.Learner).Tell(TableQuery.Instance, Self);
        foreach (var peer in _peers)
        {
            if (peer is { IsSuspected: false } && Now - peer.HeardAt > _options.ElectionTimeout)
            {
                Suspect(peer, true);
            }
        }
    }

    private void OnBeat(Beat beat)
    {
        var index = _context.Quorums.IndexOf(beat.From);
        if (index < 0 || _peers[index] is not { } peer)
        {
            _refused++;
            return;
        }

        peer.HeardAt = Now;
        if (peer.IsSuspected)
        {
            Suspect(peer, false);
        }

        Compare(peer, new TableKnown(beat.Objects, beat.Digest));
    }

    private void Suspect(Peer peer, bool isSuspected)
    {
        peer.IsSuspected = isSuspected;
        _context.Role(WPaxosRoles.Owners).Tell(new PeerSuspected(peer.Id, isSuspected), Self);
    }

    /// <summary>What differs is on its way, usually. Once nothing moves any more it was lost.</summary>
    private void Compare(Peer peer, TableKnown table)
    {
        if (table == _own)
        {
            (peer.Table, peer.DiffersSince) = (null, null);
            return;
        }

        peer.DiffersSince ??= Now;
        var stands = peer.Table == table && peer.OwnTable == _own;
        (peer.Table, peer.OwnTable) = (table, _own);
        if (stands || Now - peer.DiffersSince > LongestDifference)
        {
            (peer.Table, peer.DiffersSince) = (null, Now);
            _compared++;
            _context.Role(WPaxosRoles.Learner).Tell(new CompareTables(peer.Id), Self);
        }
    }

    private RoleStatus Status() => new(WPaxosRoles.Peers,
    [
        new("suspected", string.Join(",", _peers.Where(static peer => peer is { IsSuspected: true }).Select(static peer => peer!.Id.ToString()))),
        new("compared", _compared.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);

    private sealed class Peer(ReplicaId id)
    {
        public ReplicaId Id { get; } = id;

        public TimeSpan HeardAt { get; set; }

        public bool IsSuspected { get; set; }

        /// <summary>At its last beat, while it was not equal to ours.</summary>
        public TableKnown? Table { get; set; }

        /// <summary>Ours at that time.</summary>
        public TableKnown? OwnTable { get; set; }

        public TimeSpan? DiffersSince { get; set; }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
