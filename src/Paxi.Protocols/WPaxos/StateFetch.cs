using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <summary>
/// The objects whose state a learner wants from others. Each is asked of one replica at a time, of many objects with a message; a replica that is silent or has nothing newer makes room for
/// the next one. After a round over all without success there is a pause; after some rounds it is forgotten: who is ahead shows it again, by what is decided next or by the table.
/// </summary>
internal sealed class StateFetch(ReplicaContext context, TimeSpan patience)
{
    /// <summary>Objects that a request may have.</summary>
    public const int MaxPerRequest = 64;

    private const int MaxWanted = 1 << 15;
    private const int MaxUnderWay = 256;
    private const int MaxRounds = 6;

    private readonly Dictionary<ObjectKey, Wanted> _wanted = [];
    private readonly List<Wanted> _order = [];
    private readonly int _self = context.Quorums.IndexOf(context.Self);

    /// <summary>Replicas that can be asked.</summary>
    private readonly int _others = context.Members.Length - (context.Quorums.IndexOf(context.Self) >= 0 ? 1 : 0);

    public int Count => _wanted.Count;

    public int UnderWay { get; private set; }

    public bool IsFull => _wanted.Count >= MaxWanted;

    /// <summary>The object's state is wanted after that slot or a later one; to be asked for first of that replica, not before that time. Ignored when it is full.</summary>
    public void Want(ObjectKey key, long slot, ReplicaId peer, TimeSpan due)
    {
        if (_wanted.TryGetValue(key, out var wanted))
        {
            wanted.Slot = Math.Max(wanted.Slot, slot);
            if (!wanted.IsUnderWay && due < wanted.Due)
            {
                (wanted.Due, wanted.Peer) = (due, Index(peer));
            }
        }
        else if (!IsFull && _others > 0)
        {
            wanted = new Wanted(key) { Slot = slot, Peer = Index(peer), Due = due };
            _wanted.Add(key, wanted);
            _order.Add(wanted);
        }
    }

    /// <summary>The object is executed up to that slot.</summary>
    public void Reached(ObjectKey key, long slot)
    {
        if (_wanted.Count > 0 && _wanted.TryGetValue(key, out var wanted) && slot >= wanted.Slot)
        {
            Remove(wanted);
        }
    }

    /// <summary>Asks for what is due.</summary>
    public void Ask(TimeSpan now, LearnerTable table)
    {
        var requests = new List<Place>?[context.Members.Length];
        var kept = 0;
        for (var index = 0; index < _order.Count; index++)
        {
            var wanted = _order[index];
            if (!wanted.IsGone && wanted.Due <= now)
            {
                Ask(wanted, now, table, requests);
            }

            if (!wanted.IsGone)
            {
                _order[kept++] = wanted;
            }
        }

        _order.RemoveRange(kept, _order.Count - kept);
        for (var member = 0; member < requests.Length; member++)
        {
            if (requests[member] is { Count: > 0 } places)
            {
                context.Links.Send(context.Members[member], new StateRequest(context.Self, places));
            }
        }
    }

    private void Ask(Wanted wanted, TimeSpan now, LearnerTable table, List<Place>?[] requests)
    {
        if (wanted.IsUnderWay)
        {
            wanted.IsUnderWay = false;
            UnderWay--;
            wanted.Peer = Next(wanted.Peer);
            wanted.Fruitless++;
            if (wanted.Fruitless >= MaxRounds * _others)
            {
                Remove(wanted);
                return;
            }

            if (wanted.Fruitless % _others == 0)
            {
                wanted.Due = now + (2 * patience);
                return;
            }
        }

        var request = requests[wanted.Peer] ??= [];
        if (UnderWay < MaxUnderWay && request.Count < MaxPerRequest)
        {
            request.Add(table.Find(wanted.Object));
            wanted.IsUnderWay = true;
            wanted.Due = now + patience;
            UnderWay++;
        }
    }

    private void Remove(Wanted wanted)
    {
        _wanted.Remove(wanted.Object);
        wanted.IsGone = true;
        if (wanted.IsUnderWay)
        {
            wanted.IsUnderWay = false;
            UnderWay--;
        }
    }

    private int Index(ReplicaId peer) => context.Quorums.IndexOf(peer) is >= 0 and var index && index != _self ? index : Next(_self);

    private int Next(int member)
    {
        var next = (member + 1) % context.Members.Length;
        return next == _self ? (next + 1) % context.Members.Length : next;
    }

    private sealed class Wanted(ObjectKey key)
    {
        public ObjectKey Object { get; } = key;

        public long Slot { get; set; }

        public int Peer { get; set; }

        /// <summary>When to ask, or while it is under way to ask the next replica.</summary>
        public TimeSpan Due { get; set; }

        public bool IsUnderWay { get; set; }

        /// <summary>Replicas that gave nothing.</summary>
        public int Fruitless { get; set; }

        public bool IsGone { get; set; }
    }
}
