using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Paxi.Actors.Epochs;
using Paxi.Actors.Links;

namespace Paxi.Actors.Membership;

/// <summary>The roles by which a node tells the cluster who it is.</summary>
public static class NodeRoles
{
    /// <summary>What every replica has.</summary>
    public const string Replica = "replica";
    private const string ZonePrefix = "zone-";
    private const string IdPrefix = "id-";

    /// <summary>The roles of a replica: <c>replica</c>, <c>zone-1</c>, <c>id-1.1</c>.</summary>
    public static IReadOnlyList<string> Of(ReplicaId id) => [Replica, $"{ZonePrefix}{id.Zone}", $"{IdPrefix}{id}"];

    /// <summary>Which replica a member is, by its roles; null for a member that is none, or says so wrongly.</summary>
    public static ReplicaId? Find(Member member)
    {
        foreach (var role in member.Roles)
        {
            if (role.StartsWith(IdPrefix, StringComparison.Ordinal) && ReplicaId.TryParse(role[IdPrefix.Length..], out var id))
            {
                return member.HasRole($"{ZonePrefix}{id.Zone}") ? id : null;
            }
        }

        return null;
    }
}

/// <summary>
/// Keeps a replica's address book in step with the cluster, at <c>/user/membership</c>. It moves addresses only: who votes is decided by the voters
/// (<see cref="EpochsActor"/>) and never changes by what the cluster sees, or a partition would shrink the quorums.
/// </summary>
public sealed class MembershipActor : ReceiveActor
{
    /// <summary>Its name under <c>/user</c>.</summary>
    public const string Name = "membership";

    private readonly SortedDictionary<ReplicaId, MemberView> _members = [];
    private readonly AkkaTransport _transport;
    private readonly IActorRef _links;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <param name="links">Told of every replica that is seen, so that one that has no vote yet can catch up; nobody where there is no replica.</param>
    public MembershipActor(AkkaTransport transport, IActorRef links)
    {
        (_transport, _links) = (transport, links);
        Receive<ClusterEvent.MemberJoined>(joined => Up(joined.Member));
        Receive<ClusterEvent.MemberUp>(up => Up(up.Member));
        Receive<ClusterEvent.ReachableMember>(reachable => Set(reachable.Member, true));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Set(unreachable.Member, false));
        Receive<ClusterEvent.MemberRemoved>(removed => Remove(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(other => Up(other.Member));
        Receive<MembershipQuery>(_ => Sender.Tell(new MembershipView([.. _members.Values])));
    }

    public static Props Props(AkkaTransport transport, IActorRef? links = null) =>
        Akka.Actor.Props.Create(() => new MembershipActor(transport, links ?? ActorRefs.Nobody));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Up(Member member)
    {
        if (NodeRoles.Find(member) is not { } id)
        {
            return;
        }

        // A restarted node joins under the same address before its old incarnation is removed: the newer one counts.
        _members[id] = new MemberView(id, member.UniqueAddress, member.Status.ToString(), true);
        if (!member.Address.Equals(_transport.Find(id)))
        {
            _log.Info("replica {0} is at {1}", id, member.Address);
        }

        _transport.Move(id, member.Address);
        _links.Tell(new PeerSeen(id));
    }

    private void Set(Member member, bool reachable)
    {
        if (Known(member) is { } view)
        {
            _members[view.Id] = view with { Reachable = reachable };
            _log.Info("replica {0} is {1}", view.Id, reachable ? "reachable again" : "unreachable; it stays a voter");
        }
    }

    private void Remove(Member member)
    {
        if (Known(member) is { } view)
        {
            _members.Remove(view.Id);
        }
    }

    /// <summary>The view of exactly this incarnation.</summary>
    private MemberView? Known(Member member) =>
        NodeRoles.Find(member) is { } id && _members.TryGetValue(id, out var view)
        && view.Address.Equals(member.UniqueAddress)
            ? view
            : null;
}

/// <summary>Asks for who is in the cluster; answered with <see cref="MembershipView"/>.</summary>
public sealed record MembershipQuery : INoSerializationVerificationNeeded
{
    public static readonly MembershipQuery Instance = new();
}

/// <summary>Who is in the cluster, as this node sees it.</summary>
/// <param name="Members">In the order of their ids.</param>
public sealed record MembershipView(IReadOnlyList<MemberView> Members) : INoSerializationVerificationNeeded;

/// <summary>One incarnation of a replica's process.</summary>
/// <param name="Address">Of its actor system, with the number of the incarnation.</param>
/// <param name="Status">The cluster's word for it: Joining, Up, Leaving, ...</param>
public sealed record MemberView(ReplicaId Id, UniqueAddress Address, string Status, bool Reachable);
