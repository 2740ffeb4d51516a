using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;

namespace Paxi.Actors.Replicas;

/// <summary>
/// Client requests in, replies out. Passes a block to the proposer when this replica leads, to the leader's gateway when another does, and holds
/// it for a bounded time while nobody is known to lead. It never looks at single commands, except once to refuse a malformed block; exactly-once is
/// the session table's work, so passing a block on twice is harmless.
/// </summary>
public sealed class GatewayActor : UntypedActor, IWithTimers
{
    /// <summary>How often a block may be passed from gateway to gateway.</summary>
    public const byte MaxHops = 3;

    private const int MaxHeldCommands = 16_384;
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(2);

    private readonly ReplicaContext _context;
    private readonly IProtocol _protocol;
    private readonly ITransport _transport;
    private readonly Origins _origins = new();
    private readonly Queue<Held> _held = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly bool _isVoter;
    private int _nextVoter;
    private int _heldCommands;
    private ReplicaId? _leader;
    private Ballot _ballot;
    private long _taken;
    private long _forwarded;
    private long _refused;
    private long _dropped;

    public GatewayActor(ReplicaContext context, IProtocol protocol, ITransport transport)
    {
        _context = context;
        _protocol = protocol;
        _transport = transport;
        _isVoter = context.Quorums.IndexOf(context.Self) >= 0;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ReplicaContext context, IProtocol protocol, ITransport transport) =>
        Akka.Actor.Props.Create(() => new GatewayActor(context, protocol, transport));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Executed executed:
                Answer(executed);
                break;
            case ClientRequests requests:
                TakeChecked(new IncomingBatch(requests.Block, requests.Session, requests.Request, requests.Mode, Origin.Of(Sender), 0));
                break;
            case Forward forward:
                TakeChecked(new IncomingBatch(forward.Block, forward.Session, forward.Request, forward.Mode, OriginOf(forward), forward.Hops));
                break;
            case ForwardBatch forward:
                TakeChecked(forward);
                break;
            case ForwardReplies replies:
                Hand(replies.Replies);
                break;
            case ForwardRefusal refusal:
                Hand(refusal.Refusal);
                break;
            case ForwardInterrupted interrupted:
                Hand(interrupted.Interrupted);
                break;
            case ProposalRefused refused:
                Refused(refused.Batch, refused.Reason, refused.Leader);
                break;
            case PassOn passed:
                PassOn(passed);
                break;
            case ReadsRefused refused:
                Refused(refused.Batch, refused.Reason, refused.Leader);
                break;
            case LeaderChanged changed:
                Follow(changed);
                break;
            case ExpireHeld:
                Expire();
                break;
            case EpochEnds:
                Interrupt();
                break;
            case OwnerQuery query when _protocol.ProposesAnywhere:
                _context.Role(_protocol.ProposerRole).Forward(query);
                break;
            case OwnerQuery:
                Sender.Tell(new OwnerAnswer(_leader, _ballot));
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>What comes from outside is looked into once, also from a peer: a malformed block that was decided would stop every learner.</summary>
    private void TakeChecked(IncomingBatch batch)
    {
        if (!BatchReader.TryValidate(batch, out var error) || !Offers(batch.Mode))
        {
            _log.Debug("refused a request of session {0}: {1}", batch.Session, error ?? $"no {batch.Mode} reads");
            Refuse(batch, RefusalReason.Unsupported, _leader);
            return;
        }

        Take(batch);
    }

    private bool Offers(ReadMode mode)
    {
        foreach (var offered in _protocol.Promises.ReadModes)
        {
            if (offered == mode)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(IncomingBatch batch)
    {
        _taken += batch.Count;
        if (batch.Mode == ReadMode.Any || (batch.Mode == ReadMode.Quorum && _isVoter))
        {
            Pass(batch);
        }
        else if (!_isVoter)
        {
            // It hears no leader, and does not learn what is decided; any voter does.
            PassOn(batch, _context.Members[_nextVoter++ % _context.Members.Length]);
        }
        else if (_protocol.ProposesAnywhere || _leader == _context.Self)
        {
            Pass(batch);
        }
        else if (_leader is { } leader)
        {
            PassOn(batch, leader);
        }
        else
        {
            Hold(batch);
        }
    }

    private void Pass(IncomingBatch batch)
    {
        _origins.Put(batch.Session, batch.Origin);
        if (batch.Mode == ReadMode.Log)
        {
            var asked = batch.Origin.Client is null ? batch.Origin.Gateway : _context.Self;
            _context.Role(_protocol.ProposerRole).Tell(new Propose(batch) { Asked = asked, Hops = batch.Hops }, Self);
        }
        else
        {
            _context.Role(_protocol.ReaderRole).Tell(new ReadRequests(batch.Mode, batch), Self);
        }
    }

    private void PassOn(IncomingBatch batch, ReplicaId leader)
    {
        if (batch.Hops >= MaxHops)
        {
            Refuse(batch, RefusalReason.NoLeader, leader);
            return;
        }

        _forwarded += batch.Count;
        var asked = batch.Origin.Gateway;
        if (batch.Origin.Client is not null)
        {
            _origins.Put(batch.Session, batch.Origin);
            asked = _context.Self;
        }

        _context.Links.Send(leader, new Forward(
            asked, (byte)(batch.Hops + 1), batch.Session, batch.Request, batch.Mode, batch));
    }

    /// <summary>Blocks that this replica has taken in, and of which it knows now that another one is to propose them.</summary>
    private void PassOn(PassOn passed)
    {
        if (passed.Hops >= MaxHops)
        {
            // Two replicas take each other for the one that proposes. The clients ask again.
            _dropped += passed.Batch.Count;
            return;
        }

        _forwarded += passed.Batch.Count;
        _context.Links.Send(passed.To, new ForwardBatch(passed.Asked, (byte)(passed.Hops + 1), passed.Batch));
    }

    private void TakeChecked(ForwardBatch forward)
    {
        if (!_protocol.ProposesAnywhere || forward.Hops > MaxHops || !BatchReader.TryValidateBlocks(forward.Batch, out _))
        {
            _dropped += forward.Batch.Count;
            return;
        }

        _taken += forward.Batch.Count;
        for (var reader = new BatchReader(forward.Batch); reader.NextBlock();)
        {
            if (forward.From != _context.Self)
            {
                _origins.Put(reader.Session, Origin.Of(forward.From));
            }
        }

        _context.Role(_protocol.ProposerRole).Tell(new Propose(forward.Batch) { Asked = forward.From, Hops = forward.Hops }, Self);
    }

    /// <summary>A block may come back to the gateway that its client asked, when that one leads now.</summary>
    private Origin OriginOf(Forward forward) =>
        forward.From == _context.Self && _origins.Find(forward.Session) is { Client: not null } own ? own : Origin.Of(forward.From);

    private void Hold(IncomingBatch batch)
    {
        if (_heldCommands + batch.Count > MaxHeldCommands)
        {
            Refuse(batch, RefusalReason.Overloaded, null);
            return;
        }

        _heldCommands += batch.Count;
        _held.Enqueue(new Held(batch, Context.System.Scheduler.Now + HoldTime));
        if (!Timers.IsTimerActive(ExpireHeld.Instance))
        {
            Timers.StartSingleTimer(ExpireHeld.Instance, ExpireHeld.Instance, HoldTime);
        }
    }

    private void Expire()
    {
        var now = Context.System.Scheduler.Now;
        while (_held.TryPeek(out var held) && held.Until <= now)
        {
            Release();
            Refuse(held.Batch, RefusalReason.NoLeader, null);
        }

        if (_held.TryPeek(out var next))
        {
            Timers.StartSingleTimer(ExpireHeld.Instance, ExpireHeld.Instance, next.Until - now);
        }
    }

    private IncomingBatch Release()
    {
        var batch = _held.Dequeue().Batch;
        _heldCommands -= batch.Count;
        return batch;
    }

    private void Follow(LeaderChanged changed)
    {
        (_leader, _ballot) = (changed.Leader, changed.Ballot);
        if (_leader is null)
        {
            return;
        }

        for (var left = _held.Count; left > 0; left--)
        {
            Take(Release());
        }
    }

    private void Refused(Batch batch, RefusalReason reason, ReplicaId? leader)
    {
        if (batch is not IncomingBatch incoming)
        {
            // A batch that the protocol made itself: nobody waits for it.
            return;
        }

        if (reason != RefusalReason.NoLeader)
        {
            Refuse(incoming, reason, leader);
        }
        else if (leader is { } other && other != _context.Self)
        {
            PassOn(incoming, other);
        }
        else
        {
            Hold(incoming);
        }
    }

    private void Refuse(IncomingBatch batch, RefusalReason reason, ReplicaId? leader)
    {
        _refused++;
        Send(batch.Origin, new ClientRefusal(batch.Session, batch.Request, reason, leader));
    }

    private void Answer(Executed executed)
    {
        foreach (var block in executed.Blocks)
        {
            if (_origins.Find(block.Session) is { } origin)
            {
                Send(origin, new ClientReplies(
                    block.Session, _context.Self, executed.Slot, executed.Ballot, executed.ExecutedTo, block.Count, block.Results));
            }
        }
    }

    /// <summary>
    /// An answer that came from another gateway: on to the client that asked here. Never on to a third gateway: two that each had passed a block of the session to the
    /// other would send it back and forth for ever.
    /// </summary>
    private void Hand(IClientReply reply)
    {
        if (_origins.Find(reply.Session) is { Client: { } client })
        {
            // Where every replica proposes, another one's answer is no reason for the client to leave this one: it is the near one.
            _transport.Reply(client, reply is ClientReplies replies && _protocol.ProposesAnywhere ? replies with { Leader = _context.Self } : reply);
        }
    }

    private void Send(Origin origin, IClientReply reply)
    {
        if (origin.Client is { } client)
        {
            _transport.Reply(client, reply);
        }
        else
        {
            _context.Links.Send(origin.Gateway, reply switch
            {
                ClientReplies replies => new ForwardReplies(replies),
                ClientRefusal refusal => new ForwardRefusal(refusal),
                ClientInterrupted interrupted => new ForwardInterrupted(interrupted),
                _ => throw new ArgumentException($"{reply.GetType().Name} does not go to another gateway", nameof(reply)),
            });
        }
    }

    /// <summary>The roles of this epoch are stopping, and what they have taken in may go with them. Nobody waits for the client's patience to end.</summary>
    private void Interrupt()
    {
        foreach (var (session, origin) in _origins.All)
        {
            Send(origin, new ClientInterrupted(session));
        }

        Context.Stop(Self);
    }

    private RoleStatus Status() => new(KernelRoles.Gateway,
    [
        new("leader", _leader?.ToString() ?? "none"),
        new("ballot", _ballot.ToString()),
        new("taken", _taken.ToString(CultureInfo.InvariantCulture)),
        new("forwarded", _forwarded.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
        new("dropped", _dropped.ToString(CultureInfo.InvariantCulture)),
        new("held", _heldCommands.ToString(CultureInfo.InvariantCulture)),
    ]);

    /// <summary>The links have brought the last request of this epoch: tell who waits, and stop.</summary>
    internal sealed record EpochEnds : INoSerializationVerificationNeeded
    {
        public static readonly EpochEnds Instance = new();
    }

    private sealed record Held(IncomingBatch Batch, DateTimeOffset Until);

    private sealed record ExpireHeld : INoSerializationVerificationNeeded
    {
        public static readonly ExpireHeld Instance = new();
    }
}
