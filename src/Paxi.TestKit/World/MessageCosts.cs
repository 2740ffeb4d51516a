namespace Paxi.TestKit.World;

/// <summary>
/// What a replica's one processor takes for messages; without it a turn takes no time. This is the model of Ailijiang, Charapko and
/// Demirbas (SIGMOD 2019, section 3): a leader's round costs
/// N messages read and two written, since a message to several peers is written once, and each copy takes its time at the network card.
/// </summary>
/// <param name="Read">t_i: reading a message, and what it leads to.</param>
/// <param name="Write">t_o: writing a message, to however many.</param>
/// <param name="Card">s_m / b: a copy that comes in or goes out.</param>
public sealed record MessageCosts(TimeSpan Read, TimeSpan Write, TimeSpan Card);

/// <summary>
/// The processor of a replica: takes what arrives one after another, each for its time. What is to be written goes first: what is being
/// read meanwhile takes that much longer.
/// </summary>
internal sealed class MessageProcessor(SimulatedNetwork network, MessageCosts costs) : Akka.Dispatch.IRunnable
{
    /// <summary>Messages that wait to be read; the sender of a further one would have been stopped by TCP long before.</summary>
    private const int LargestQueue = 1 << 20;

    private readonly Queue<NetworkDelivery> _waiting = new();
    private readonly HashSet<object> _written = new(ReferenceEqualityComparer.Instance);
    private long _writtenAt = -1;
    private long _writesUntil;

    /// <summary>When the message that is being read has been, or everything is written.</summary>
    private long _busyUntil;
    private bool _isReading;
    private bool _isScheduled;

    /// <summary>When the message leaves, in ticks.</summary>
    public long Write(object message)
    {
        var now = network.World.NowTicks;
        if (now != _writtenAt)
        {
            _written.Clear();
            _writtenAt = now;
        }

        var cost = 0L;
        if (message is Actors.Links.Envelope envelope)
        {
            foreach (var inner in envelope.Messages)
            {
                cost += CostOfWriting(inner);
            }
        }
        else
        {
            cost = CostOfWriting(message);
        }

        _writesUntil = Math.Max(now, _writesUntil) + cost;
        _busyUntil = _isReading ? _busyUntil + cost : _writesUntil;
        return _writesUntil;
    }

    /// <summary>Takes a message that has arrived; <see cref="SimulatedNetwork.Take"/> gets it when it is read.</summary>
    public void Read(NetworkDelivery delivery)
    {
        if (_waiting.Count >= LargestQueue)
        {
            throw new InvalidOperationException($"{_waiting.Count} messages wait for the processor of {delivery.Link.To.Name}, its bound");
        }

        _waiting.Enqueue(delivery);
        Continue(0);
    }

    public void Run()
    {
        _isScheduled = false;
        if (_busyUntil > network.World.NowTicks)
        {
            // Something was written meanwhile.
            Continue(_busyUntil - network.World.NowTicks);
            return;
        }

        if (_isReading)
        {
            _isReading = false;
            network.Take(_waiting.Dequeue());

            // Behind everything that the message leads to now.
            Continue(0);
        }
        else if (_waiting.TryPeek(out var next))
        {
            _isReading = true;
            _busyUntil = network.World.NowTicks + CostOfReading(next.Message);
            Continue(_busyUntil - network.World.NowTicks);
        }
    }

    public void Execute() => Run();

    private void Continue(long delay)
    {
        if (!_isScheduled && _waiting.Count > 0)
        {
            _isScheduled = true;
            network.World.ScheduleOnce(delay, this);
        }
    }

    private long CostOfWriting(object message) => costs.Card.Ticks + (_written.Add(message) ? costs.Write.Ticks : 0);

    private long CostOfReading(object message) => (message is Actors.Links.Envelope envelope ? envelope.Messages.Count : 1) * (costs.Read + costs.Card).Ticks;
}
