using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>What a replica knows of who owns an object. A struct: there may be a million of them.</summary>
/// <param name="Ballot">The highest ballot seen. Its owner owns the object, or wanted to.</param>
/// <param name="Decided">When owned here, and no actor is there: the last decided slot.</param>
/// <param name="IsOwned">This replica has won phase 1 in that ballot.</param>
internal readonly record struct OwnerRow(Ballot Ballot, long Decided, bool IsOwned)
{
    private readonly long _packed = (Decided << 1) | (IsOwned ? 1L : 0);

    public long Decided
    {
        get => _packed >> 1;
        init => _packed = (value << 1) | (_packed & 1);
    }

    public bool IsOwned
    {
        get => (_packed & 1) != 0;
        init => _packed = (_packed & ~1L) | (value ? 1L : 0);
    }
}

/// <summary>An owner actor and what its parent keeps beside it.</summary>
internal sealed class ActiveOwner(ObjectKey key, IActorRef actor)
{
    public ObjectKey Key { get; } = key;

    public IActorRef Actor { get; } = actor;

    /// <summary>Commands that were given to the actor and have not come back from it.</summary>
    public int Waiting { get; set; }

    public TimeSpan UsedAt { get; set; }

    /// <summary>Whether it was asked for more than once since it is there.</summary>
    public bool IsUsedAgain { get; set; }

    public bool IsPreparing { get; set; }

    /// <summary>When the first message of phase 1 was sent; null when it was sent again, or answered by all: then answers do not tell a round trip.</summary>
    public TimeSpan? PreparedAt { get; set; }

    /// <summary>How often the object was lost lately.</summary>
    public int Losses { get; set; }

    /// <summary>Until then this replica does not take the object back from a winner that lives.</summary>
    public TimeSpan CalmUntil { get; set; }

    /// <summary>Until then a further loss counts as one more of a row.</summary>
    public TimeSpan RememberedUntil { get; set; }

    public ReplicaId? MovingTo { get; set; }

    public TimeSpan MovingUntil { get; set; }
}

/// <summary>
/// The rows of all objects that were ever asked for here, and the owner actors that are there. Those used once wait apart, and fewer of them are kept, as in 2Q (Johnson, Shasha, VLDB 1994): else
/// writing each of many objects once would drive out the actors of those at work, and each actor would last just long enough to be expensive to collect.
/// </summary>
internal sealed class OwnerTable
{
    /// <summary>Of the actors that may be there, one in so many may have been used once only.</summary>
    private const int OnceShare = 16;

    private readonly ObjectTable<OwnerRow> _rows = new();
    private readonly Dictionary<ObjectKey, LinkedListNode<ActiveOwner>> _active = [];

    /// <summary>Used once, and used again; each with those used longest ago first.</summary>
    private readonly LinkedList<ActiveOwner> _once = new();
    private readonly LinkedList<ActiveOwner> _again = new();

    /// <summary>Objects that have a row.</summary>
    public int Objects => _rows.Count;

    /// <summary>Objects owned by this replica.</summary>
    public int Owned { get; private set; }

    /// <summary>Who owns how many.</summary>
    public OwnerCensus Owners { get; } = new();

    public int Active => _active.Count;

    public ActiveOwner? LongestUnused => (_once.First?.Value, _again.First?.Value) switch
    {
        ({ } once, { } again) => once.UsedAt <= again.UsedAt ? once : again,
        var (once, again) => once ?? again,
    };

    public OwnerRow this[ObjectKey key]
    {
        get => _rows.GetValueOrDefault(key);
        set
        {
            ref var row = ref _rows[_rows.GetOrAdd(key, out _)];
            Owned += (value.IsOwned ? 1 : 0) - (row.IsOwned ? 1 : 0);
            Owners.Move(row.Ballot, value.Ballot);
            row = value;
        }
    }

    /// <summary>Somebody acts in the object with that ballot: whoever had it with a lower one has it no more.</summary>
    /// <returns>False when a higher one, or this one, was seen before.</returns>
    public bool See(ObjectKey key, Ballot ballot)
    {
        if (ballot <= this[key].Ballot)
        {
            return false;
        }

        this[key] = new OwnerRow(ballot, 0, IsOwned: false);
        return true;
    }

    public ActiveOwner? Find(ObjectKey key) => _active.TryGetValue(key, out var node) ? node.Value : null;

    public void Add(ActiveOwner owner) => _active.Add(owner.Key, _once.AddLast(owner));

    public void Remove(ActiveOwner owner)
    {
        if (_active.Remove(owner.Key, out var node))
        {
            node.List!.Remove(node);
        }
    }

    /// <summary>The one that gives way when there are too many; null when there are not.</summary>
    /// <param name="most">Actors that may be there; of those used once a sixteenth of that.</param>
    public ActiveOwner? TooMany(int most) =>
        _once.Count > most / OnceShare ? _once.First!.Value
        : _again.Count > most - (most / OnceShare) ? _again.First!.Value
        : null;

    /// <summary>It is asked for again.</summary>
    public void Use(ActiveOwner owner, TimeSpan now)
    {
        owner.IsUsedAgain = true;
        Postpone(owner, now);
    }

    /// <summary>Its turn to give way comes after that of those like it.</summary>
    public void Postpone(ActiveOwner owner, TimeSpan now)
    {
        owner.UsedAt = now;
        var node = _active[owner.Key];
        var list = owner.IsUsedAgain ? _again : _once;
        if (node.List != list || node.Next is not null)
        {
            node.List!.Remove(node);
            list.AddLast(node);
        }
    }
}
