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

    /// <summary>Bytes of what is queued, by the messages' own estimates.</summary>
    public int QueuedBytes { get; private set; }

    public bool IsEmpty => _queue.Count == 0;

    /// <summary>Messages taken from the queue.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages that a fault took.</summary>
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

    /// <summary>Whether a fault takes what is sent now. Draws from <paramref name="random"/> only while the link is flaky.</summary>
    public bool Loses(DateTimeOffset now, Random random) =>
        now < _dropUntil || (now < _flakyUntil && random.NextDouble() < _loss);

    /// <summary>By how much a fault delays what is sent now.</summary>
    public TimeSpan DelayAt(DateTimeOffset now) => now < _slowUntil ? _delay : TimeSpan.Zero;
}
