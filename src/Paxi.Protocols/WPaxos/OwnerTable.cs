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

/// <summary>The rows of all objects that were ever asked for here, and the owner actors that are there, those used longest ago first.</summary>
internal sealed class OwnerTable
{
    private readonly ObjectTable<OwnerRow> _rows = new();
    private readonly Dictionary<ObjectKey, LinkedListNode<ActiveOwner>> _active = [];
    private readonly LinkedList<ActiveOwner> _byUse = new();

    /// <summary>Objects that have a row.</summary>
    public int Objects => _rows.Count;

    /// <summary>Objects owned by this replica.</summary>
    public int Owned { get; private set; }

    /// <summary>Who owns how many.</summary>
    public OwnerCensus Owners { get; } = new();

    public int Active => _active.Count;

    public ActiveOwner? LongestUnused => _byUse.First?.Value;

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

    public void Add(ActiveOwner owner) => _active.Add(owner.Key, _byUse.AddLast(owner));

    public void Remove(ActiveOwner owner)
    {
        if (_active.Remove(owner.Key, out var node))
        {
            _byUse.Remove(node);
        }
    }

    public void Use(ActiveOwner owner, TimeSpan now)
    {
        owner.UsedAt = now;
        var node = _active[owner.Key];
        if (node.Next is not null)
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
        }
    }
}
