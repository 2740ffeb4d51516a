using Akka.Actor;

namespace Paxi.TestKit.World;

/// <summary>A replica or a client on a <see cref="SimulatedNetwork"/>. It outlives the systems that it runs in, one after another.</summary>
public sealed class NetworkEndpoint
{
    private IActorRef? _links;

    internal NetworkEndpoint(string name, int index, int zone, SimulatedSystem system)
    {
        Name = name;
        Index = index;
        Zone = zone;
        System = system;
    }

    /// <summary>A replica's id, or the name of a client.</summary>
    public string Name { get; }

    /// <summary>The position in the order of registration.</summary>
    public int Index { get; }

    public int Zone { get; }

    /// <summary>Where it runs now; a dead system while it is down.</summary>
    public SimulatedSystem System { get; private set; }

    /// <summary>What messages cost it; null when they cost nothing.</summary>
    internal MessageProcessor? Processor { get; set; }

    public override string ToString() => Name;

    internal void Move(SimulatedSystem system)
    {
        System = system;
        _links = null;
    }

    internal void SetLinks(IActorRef links) => _links = links;

    /// <summary>The replica's links actor: the one that was named, else the one at its path; null when there is none yet.</summary>
    internal IActorRef? FindLinks()
    {
        if (_links is null)
        {
            var provider = ((ExtendedActorSystem)System.ActorSystem).Provider;
            var found = provider.ResolveActorRef(new RootActorPath(provider.DefaultAddress) / "user" / "links");
            if (found is not MinimalActorRef)
            {
                _links = found;
            }
        }

        return _links;
    }
}
