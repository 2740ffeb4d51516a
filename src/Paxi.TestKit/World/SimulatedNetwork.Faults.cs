using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.World;

/// <content>Faults that a plan or a transcript commands.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>All links, in the order of the endpoints.</summary>
    public IEnumerable<SimulatedLink> Links
    {
        get
        {
            foreach (var from in _endpoints)
            {
                foreach (var to in _endpoints)
                {
                    if (from != to)
                    {
                        yield return Link(from, to);
                    }
                }
            }
        }
    }

    /// <summary>Messages on every link, now and later, wait for <see cref="Deliver"/> or <see cref="Drop"/>.</summary>
    public bool IsHeld
    {
        get => _isHeld;
        set
        {
            _isHeld = value;
            foreach (var link in Links)
            {
                link.IsHeld = value;
            }
        }
    }

    /// <summary>How many messages wait on held links.</summary>
    public int HeldCount => Links.Sum(link => link.HeldCount);

    /// <summary>Delivers the oldest message that waits on the held link; the world must run for the receiver to take it.</summary>
    public object Deliver(string from, string to) => Unwrap(Link(from, to).Deliver());

    /// <summary>Loses the oldest message that waits on the held link.</summary>
    public object Drop(string from, string to) => Unwrap(Link(from, to).Drop());

    /// <summary>
    /// Delivers what waits on all held links, and what that leads to at the same instant, until nothing waits.
    /// </summary>
    /// <returns>How many messages were delivered.</returns>
    public int DeliverAll(int bound = 100_000)
    {
        var delivered = 0;
        World.Settle();
        while (HeldCount > 0)
        {
            foreach (var link in Links)
            {
                for (var waiting = link.HeldCount; waiting > 0; waiting--)
                {
                    if (delivered++ >= bound)
                    {
                        throw new InvalidOperationException($"more than {bound} messages were delivered: do they ever end?");
                    }

                    link.Deliver();
                    World.Settle();
                }
            }
        }

        return delivered;
    }

    /// <summary>Cuts <paramref name="side"/> off from every other endpoint, both ways.</summary>
    public void Partition(params IReadOnlyCollection<string> side)
    {
        var inside = Side(side);
        foreach (var link in Links)
        {
            if (inside[link.From.Index] != inside[link.To.Index])
            {
                Cut(link);
            }
        }
    }

    /// <summary>
    /// Splits the endpoints that are named into groups that do not hear each other; endpoints that are not named, clients
    /// for instance, hear everyone.
    /// </summary>
    public void Split(params IReadOnlyList<IReadOnlyCollection<string>> groups)
    {
        var group = new int[_endpoints.Count];
        for (var i = 0; i < groups.Count; i++)
        {
            foreach (var name in groups[i])
            {
                group[Endpoint(name).Index] = i + 1;
            }
        }

        foreach (var link in Links)
        {
            var (from, to) = (group[link.From.Index], group[link.To.Index]);
            if (from != to && from != 0 && to != 0)
            {
                Cut(link);
            }
        }
    }

    /// <summary>Cuts every link from one set to another; the way back stays open.</summary>
    public void CutOneWay(IReadOnlyCollection<string> from, IReadOnlyCollection<string> to)
    {
        var (sources, targets) = (Side(from), Side(to));
        foreach (var link in Links)
        {
            if (sources[link.From.Index] && targets[link.To.Index])
            {
                Cut(link);
            }
        }
    }

    /// <summary>Opens every cut and clogged link and drops what links say on their own; the network's options stay.</summary>
    public void Heal()
    {
        World.Record("heal", "network");
        foreach (var link in Links)
        {
            link.Heal();
        }
    }

    private void Cut(SimulatedLink link)
    {
        World.Record("cut-link", link.Name);
        link.IsCut = true;
    }

    private bool[] Side(IReadOnlyCollection<string> names)
    {
        var inside = new bool[_endpoints.Count];
        foreach (var name in names)
        {
            inside[Endpoint(name).Index] = true;
        }

        return inside;
    }

    private static object Unwrap(object message) =>
        message is Envelope { Messages.Count: 1 } envelope ? envelope.Messages[0] : message;
}
