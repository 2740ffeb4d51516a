using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Clients;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>
/// The network facade of a replica, at <c>/user/links</c>. Outgoing: what the roles send while this actor is busy goes to each peer as one
/// <see cref="Envelope"/>; no timer, so a lone message leaves at once. Incoming: each message goes to the role its type is registered for. Faults are injected here,
/// so that they are the same live and simulated and never touch the heartbeats of the cluster.
/// </summary>
public sealed partial class LinksActor : UntypedActor, IWithTimers
{
    /// <summary>An envelope is cut when it would grow past this; a frame of Akka.Remote holds four times as much.</summary>
    public const int MaxEnvelopeBytes = 1 << 20;

    private const int MaxPeers = 1024;

    /// <summary>Requests that wait between two epochs.</summary>
    private const long MaxHeldBytes = 16 << 20;

    /// <summary>Messages of an epoch that has not begun here.</summary>
    private const long MaxEarlyBytes = 4 << 20;

    private readonly ReplicaId _self;
    private readonly AgreedSettings _settings;
    private readonly ITransport _transport;
    private readonly WireRegistry _registry;
    private readonly Random _random;
    private readonly SortedDictionary<ReplicaId, PeerLink> _byId = [];
    private readonly Dictionary<Type, (IActorRef Role, bool IsKernel)> _routes = [];
    private readonly HeldMessages _held = new(MaxHeldBytes);
    private readonly HeldMessages _early = new(MaxEarlyBytes);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ReplicaContext? _roles;
    private IActorRef _epochs = ActorRefs.Nobody;
    private ImmutableArray<ReplicaId> _members;
    private ulong _start;
    private uint _fingerprint;
    private long _epoch;
    private bool _isPaused;
    private bool _flushQueued;
    private long _envelopes;
    private long _requests;
    private long _refused;
    private long _missed;

    public LinksActor(ReplicaId self, AgreedSettings settings, ImmutableArray<ReplicaId> members, ITransport transport, WireRegistry registry, Random random)
    {
        _self = self;
        _settings = settings;
        _transport = transport;
        _registry = registry;
        _random = random;
        SetMembers(members);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        ReplicaId self, AgreedSettings settings, ImmutableArray<ReplicaId> members, ITransport transport, WireRegistry registry, Random random) =>
        Akka.Actor.Props.Create(() => new LinksActor(self, settings, members, transport, registry, random));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Outbound outbound:
                Queue(outbound);
                break;
            case Flush:
                FlushAll();
                break;
            case Envelope envelope:
                Deliver(envelope);
                break;
            case ClientRequests requests:
                _requests++;
                ToGateway(requests, Sender);
                break;
            case DelayedEnvelope delayed:
                _transport.Send(delayed.To, delayed.Envelope);
                break;
            case StartRoles start:
                (_start, _epoch, _fingerprint) = (start.Number, start.Epoch, start.Fingerprint);
                SetMembers(start.Members);
                break;
            case AttachRoles attach:
                Attach(attach.Context);
                break;
            case AttachEpochs attach:
                _epochs = attach.Epochs;
                break;
            case PeerSeen seen:
                AddPeer(seen.Id);
                break;
            case PauseRoles:
                _roles?.Role(KernelRoles.Gateway).Tell(GatewayActor.EpochEnds.Instance);
                Detach();
                _isPaused = true;
                break;
            case DetachRoles:
                Detach();
                _early.Clear();
                break;
            case InjectFault inject:
                Inject(inject.Fault);
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Members are sent what is for all; peers that are none keep their links.</summary>
    private void SetMembers(ImmutableArray<ReplicaId> members)
    {
        _members = members;
        foreach (var member in members)
        {
            AddPeer(member);
        }
    }

    private void AddPeer(ReplicaId id)
    {
        if (id != _self && !_byId.ContainsKey(id) && _byId.Count < MaxPeers)
        {
            _byId.Add(id, new PeerLink(id));
        }
    }

    private void Queue(Outbound outbound)
    {
        if (outbound.Start is not 0 && outbound.Start != _start)
        {
            // Of roles that are being stopped: it would leave in the name of those that come after them.
            return;
        }

        PeerLink? link;
        if (outbound.To is { } to)
        {
            if (_byId.TryGetValue(to, out link))
            {
                Queue(link, outbound.Message);
            }
        }
        else
        {
            foreach (var member in _members)
            {
                if (_byId.TryGetValue(member, out link))
                {
                    Queue(link, outbound.Message);
                }
            }
        }

        if (!_flushQueued)
        {
            // Behind everything that is in the mailbox now, so all of it leaves together.
            _flushQueued = true;
            Self.Tell(Flush.Instance);
        }
    }

    private void Queue(PeerLink link, IWireMessage message)
    {
        if (link.QueuedBytes > 0 && link.QueuedBytes + message.SizeHint > MaxEnvelopeBytes)
        {
            Send(link, Context.System.Scheduler.Now);
        }

        link.Enqueue(message);
    }

    private void FlushAll()
    {
        _flushQueued = false;
        var now = Context.System.Scheduler.Now;
        foreach (var link in _byId.Values)
        {
            if (!link.IsEmpty)
            {
                Send(link, now);
            }
        }
    }

    private void Send(PeerLink link, DateTimeOffset now)
    {
        var envelope = new Envelope(_self, _fingerprint, link.TakeQueue()) { Epoch = _epoch, Count = link.SentBytes };
        _envelopes++;
        if (link.Loses(now, _random))
        {
            link.Dropped += envelope.Messages.Count;
            return;
        }

        var delay = link.DelayAt(now);
        if (delay > TimeSpan.Zero)
        {
            var delayed = new DelayedEnvelope(link.Peer, envelope);
            Timers.StartSingleTimer(delayed, delayed, delay);
        }
        else
        {
            _transport.Send(link.Peer, envelope);
        }
    }

    private void Deliver(Envelope envelope)
    {
        if (!_byId.TryGetValue(envelope.From, out var link) || !HasOurSettings(envelope, link))
        {
            _refused += envelope.Messages.Count;
            return;
        }

        var isOfEpoch = _roles is not null && envelope.Epoch == _epoch;
        foreach (var message in envelope.Messages)
        {
            if (_isPaused && _registry.RoleOf(message.GetType()) == KernelRoles.Gateway)
            {
                ToGateway(message, ActorRefs.NoSender);
            }
            else if (Route(message.GetType(), isOfEpoch, out var isKnown) is { } role)
            {
                role.Tell(message, ActorRefs.NoSender);
            }
            else if (isKnown && !TryHold(message, envelope))
            {
                _missed++;
            }
        }

        if (envelope.Epoch != _epoch && _epoch > 0 && envelope.Epoch > 0)
        {
            _epochs.Tell(new OtherEpoch(envelope.From, envelope.Epoch), ActorRefs.NoSender);
        }
    }

    /// <summary>A replica that decides or executes by other rules is not heard at all; said once, and again when it has changed.</summary>
    private bool HasOurSettings(Envelope envelope, PeerLink link)
    {
        if (envelope.Epoch != _epoch || envelope.Settings == _fingerprint)
        {
            // In another epoch there are other voters, so the fingerprints cannot be compared; of such an envelope only the epochs and the gateway take something. Neither relies on the
            // settings: epochs are decided by majorities, whatever the quorums of the protocol, and a gateway hands on commands and their results. Once both are in one epoch they compare.
            return true;
        }

        if (link.Settings != envelope.Settings)
        {
            _log.Error("refuses replica {0}, which runs with other settings or other voters; every replica must have the same as this one: {1} voters={2}",
                envelope.From, _settings, string.Join(',', _members));
        }

        link.Settings = envelope.Settings;
        return false;
    }

    /// <summary>Of an epoch that begins here soon. Who sent it would send it again only after a while, and meanwhile nobody is served.</summary>
    private bool TryHold(IWireMessage message, Envelope envelope)
    {
        var isEarly = _isPaused ? envelope.Epoch >= _epoch : _roles is not null && envelope.Epoch > _epoch;
        return isEarly && _early.TryAdd(new HeldMessage(message, null, envelope.Epoch, envelope.Settings));
    }

    /// <summary>The role that takes it; none when that is not there. The protocol's roles take nothing of another epoch.</summary>
    private IActorRef? Route(Type type, bool isOfEpoch, out bool isKnown)
    {
        isKnown = true;
        if (_routes.TryGetValue(type, out var known))
        {
            return isOfEpoch || known.IsKernel ? known.Role : null;
        }

        if (_registry.RoleOf(type) is not { } name)
        {
            _log.Warning("{0} is not a registered message; it was refused", type.Name);
            _refused++;
            isKnown = false;
            return null;
        }

        if (name == KernelRoles.Epochs)
        {
            return _epochs;
        }

        if (_roles is null)
        {
            return null;
        }

        _routes[type] = (_roles.Role(name), name == KernelRoles.Gateway);
        return Route(type, isOfEpoch, out isKnown);
    }

    /// <summary>Between two epochs it waits for the next gateway, in bounds; with no roles at all, or beyond the bounds, it is dropped, and the client asks again.</summary>
    private void ToGateway(IWireMessage message, IActorRef? sender)
    {
        if (_roles is not null)
        {
            _roles.Role(KernelRoles.Gateway).Tell(message, sender);
        }
        else if (!_isPaused || !_held.TryAdd(new HeldMessage(message, sender, 0, 0)))
        {
            _missed++;
        }
    }

    private void Attach(ReplicaContext roles)
    {
        (_roles, _isPaused) = (roles, false);
        _routes.Clear();
        while (_held.Count > 0)
        {
            var held = _held.Take();
            ToGateway(held.Message, held.Sender);
        }

        for (var left = _early.Count; left > 0; left--)
        {
            var early = _early.Take();
            if (early.Epoch > _epoch)
            {
                _early.TryAdd(early);
            }
            else if (early.Epoch == _epoch && early.Settings == _fingerprint && Route(early.Message.GetType(), isOfEpoch: true, out _) is { } role)
            {
                role.Tell(early.Message, ActorRefs.NoSender);
            }
            else
            {
                _missed++;
            }
        }
    }

    private void Inject(Fault fault)
    {
        var now = Context.System.Scheduler.Now;
        var to = fault switch
        {
            DropFault drop => drop.To,
            SlowFault slow => slow.To,
            FlakyFault flaky => flaky.To,
            _ => _self,
        };
        if (_byId.TryGetValue(to, out var link))
        {
            link.Inject(fault, now);
        }
    }

    private void Detach()
    {
        (_roles, _isPaused) = (null, false);
        _held.Clear();
        _routes.Clear();
        foreach (var link in _byId.Values)
        {
            // A replica that crashes takes with it what it had not sent yet.
            link.TakeQueue();
        }
    }

    /// <summary>Refused is what no replica of these settings should send; missed is what came when the role for it was not there: before the start, or of another epoch.</summary>
    private RoleStatus Status() => new("links",
    [
        new("sent", _byId.Values.Sum(link => link.Sent).ToString(CultureInfo.InvariantCulture)),
        new("envelopes", _envelopes.ToString(CultureInfo.InvariantCulture)),
        new("requests", _requests.ToString(CultureInfo.InvariantCulture)),
        new("dropped", _byId.Values.Sum(link => link.Dropped).ToString(CultureInfo.InvariantCulture)),
        new("bytes", _byId.Values.Sum(link => link.SentBytes.Sum).ToString(CultureInfo.InvariantCulture)),
        new("refused", (_refused + WireExtension.Get(Context.System).Refusals.Count).ToString(CultureInfo.InvariantCulture)),
        new("missed", _missed.ToString(CultureInfo.InvariantCulture)),
        .. _byId.Values.OrderBy(link => link.Peer).SelectMany(link => (IEnumerable<KeyValuePair<string, string>>)
        [
            new($"sent.{link.Peer}", link.Sent.ToString(CultureInfo.InvariantCulture)),
            new($"bytes.{link.Peer}", link.SentBytes.Sum.ToString(CultureInfo.InvariantCulture)),
        ]),
    ]);
}
