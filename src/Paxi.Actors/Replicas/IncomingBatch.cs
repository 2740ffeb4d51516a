using Akka.Actor;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Replicas;

/// <summary>Who waits for the answer to a block: a client of this replica, or the gateway that passed the block on.</summary>
internal readonly record struct Origin(IActorRef? Client, ReplicaId Gateway)
{
    public static Origin Of(IActorRef client) => new(client, default);

    public static Origin Of(ReplicaId gateway) => new(null, gateway);
}

/// <summary>A client's block with what the gateway must know to refuse it or pass it on.</summary>
internal sealed class IncomingBatch(Batch block, ulong session, long request, ReadMode mode, Origin origin, byte hops)
    : Batch(block.Count, block.Payload)
{
    public ulong Session { get; } = session;

    public long Request { get; } = request;

    public ReadMode Mode { get; } = mode;

    public Origin Origin { get; } = origin;

    public byte Hops { get; } = hops;

    public override Batch Part(Batch block) => new IncomingBatch(block, Session, Request, Mode, Origin, Hops);
}

/// <summary>
/// Where the answers of a session go: to whom asked last. Bounded: two generations, the older one is forgotten when the younger is full, so a session
/// that is in use stays.
/// </summary>
internal sealed class Origins(int generation = 65_536)
{
    private Dictionary<ulong, Origin> _young = [];
    private Dictionary<ulong, Origin> _old = [];

    public void Put(ulong session, Origin origin)
    {
        if (_young.Count >= generation && !_young.ContainsKey(session))
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[session] = origin;
    }

    public IEnumerable<KeyValuePair<ulong, Origin>> All => _young.Concat(_old.Where(origin => !_young.ContainsKey(origin.Key)));

    public Origin? Find(ulong session) =>
        _young.TryGetValue(session, out var origin) || _old.TryGetValue(session, out origin) ? origin : null;
}
