using Akka.Actor;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Replicas;

/// <summary>Whether a replica answers.</summary>
public enum ReplicaState : byte
{
    /// <summary>Waits for the journal.</summary>
    Starting,

    /// <summary>Its roles take requests.</summary>
    Running,

    /// <summary>Its roles are going down.</summary>
    Stopping,

    /// <summary>Its roles are down, for a time or until told otherwise.</summary>
    Stopped,

    /// <summary>Its journal or its roles failed; it does not answer any more.</summary>
    Failed,
}

/// <summary>Asks a replica how it is; answered with <see cref="ReplicaStatus"/>.</summary>
public sealed record StatusRequest : IColdMessage
{
    public static readonly StatusRequest Instance = new();
}

/// <summary>How a replica is.</summary>
/// <param name="Id">Which replica.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Reason">Why it does not run; empty when it does.</param>
/// <param name="Roles">In the order: links, journal, epochs, gateway, then the protocol's roles; without those that did not answer within a second.</param>
public sealed record ReplicaStatus(ReplicaId Id, ReplicaState State, string Reason, IReadOnlyList<RoleStatus> Roles) : IColdMessage
{
    /// <summary>The value of that name of that role, or null.</summary>
    public string? Find(string role, string name)
    {
        foreach (var status in Roles)
        {
            foreach (var (key, value) in status.Values)
            {
                if (status.Role == role && key == name)
                {
                    return value;
                }
            }
        }

        return null;
    }
}

/// <summary>Gathers the status of every role, or of those that answer in time, and sends it on.</summary>
internal sealed class StatusCollector : UntypedActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ReplicaId _id;
    private readonly ReplicaState _state;
    private readonly string _reason;
    private readonly IReadOnlyList<IActorRef> _asked;
    private readonly RoleStatus?[] _answers;
    private readonly IActorRef _asker;
    private int _missing;

    public StatusCollector(ReplicaId id, ReplicaState state, string reason, IReadOnlyList<IActorRef> asked, IActorRef asker)
    {
        (_id, _state, _reason, _asked, _asker) = (id, state, reason, asked, asker);
        _answers = new RoleStatus?[asked.Count];
        _missing = asked.Count;
    }

    public static Props Props(
        ReplicaId id, ReplicaState state, string reason, IReadOnlyList<IActorRef> asked, IActorRef asker) =>
        Akka.Actor.Props.Create(() => new StatusCollector(id, state, reason, asked, asker));

    protected override void PreStart()
    {
        foreach (var role in _asked)
        {
            role.Tell(StatusQuery.Instance);
        }

        SetReceiveTimeout(Patience);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RoleStatus status:
                for (var index = 0; index < _asked.Count; index++)
                {
                    if (_answers[index] is null && _asked[index].Equals(Sender))
                    {
                        _answers[index] = status;
                        _missing--;
                        break;
                    }
                }

                if (_missing == 0)
                {
                    Finish();
                }

                break;
            case ReceiveTimeout:
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Finish()
    {
        _asker.Tell(new ReplicaStatus(_id, _state, _reason, [.. _answers.OfType<RoleStatus>()]));
        Context.Stop(Self);
    }
}
