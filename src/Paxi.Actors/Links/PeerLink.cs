using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>What is queued for one peer, and the faults on the way to it.</summary>
internal sealed class PeerLink(ReplicaId peer)
{
    private DateTimeOffset _dropUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _slowUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _flakyUntil = DateTimeOffset.MinValue;
    private TimeSpan _delay;
    private double _loss;
    private List<IWireMessage> _queue = [];

    public ReplicaId Peer { get; } = peer;

    /// <summary>The fingerprint of its settings in its last envelope; null before the first.</summary>
    public uint? Settings { get; set; }

    /// <summary>By the messages' own estimates.</summary>
    public int QueuedBytes { get; private set; }

    public bool IsEmpty => _queue.Count == 0;

    public long Sent { get; private set; }

    public long Dropped { get; set; }

    /// <summary>Of the envelopes that left, serialized, before the transport puts its frames around them.</summary>
    public ByteCount SentBytes { get; } = new();

    public void Enqueue(IWireMessage message)
    {
        _queue.Add(message);
        QueuedBytes += message.SizeHint;
    }

    public IReadOnlyList<IWireMessage> TakeQueue()
    {
        var taken = _queue;
        _queue = [];
        QueuedBytes = 0;
        Sent += taken.Count;
        return taken;
    }

    public void Inject(Fault fault, DateTimeOffset now)
    {
        var until = fault.For <= TimeSpan.Zero ? DateTimeOffset.MaxValue : now + fault.For;
        switch (fault)
        {
            case DropFault:
                _dropUntil = until;
                break;
            case SlowFault slow:
                (_slowUntil, _delay) = (until, slow.Delay);
                break;
            case FlakyFault flaky:
                (_flakyUntil, _loss) = (until, flaky.Probability);
                break;
            default:
                throw new ArgumentException($"{fault.GetType().Name} is not a fault of a link", nameof(fault));
        }
    }

    public bool Loses(DateTimeOffset now, Random random) =>
        now < _dropUntil || (now < _flakyUntil && random.NextDouble() < _loss);

    public TimeSpan DelayAt(DateTimeOffset now) => now < _slowUntil ? _delay : TimeSpan.Zero;
}
