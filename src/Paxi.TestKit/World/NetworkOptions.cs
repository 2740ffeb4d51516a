namespace Paxi.TestKit.World;

/// <summary>How a <see cref="SimulatedNetwork"/> treats messages when a link says nothing else.</summary>
public sealed record NetworkOptions
{
    /// <summary>The one-way delay.</summary>
    public DelayDistribution Delay { get; init; } =
        DelayDistribution.Uniform(TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(500));

    /// <summary>The probability that a message is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The probability that a message arrives twice, each copy with a delay of its own.</summary>
    public double Duplication { get; init; }

    /// <summary>What the second copy takes on top: a long one brings messages of ballots that are long over.</summary>
    public DelayDistribution DuplicationDelay { get; init; } = DelayDistribution.Constant(TimeSpan.Zero);

    /// <summary>The probability that a message is held up by <see cref="ReorderingDelay"/>, so that later ones overtake it.</summary>
    public double Reordering { get; init; }

    public DelayDistribution ReorderingDelay { get; init; } =
        DelayDistribution.Exponential(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

    /// <summary>Keeps the order on each link, as TCP does, except for messages that are reordered or duplicated.</summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>Passes every message through the serializer of the sender's system and that of the receiver's.</summary>
    public bool Serializes { get; init; } = true;

    /// <summary>What messages cost a replica that is started from now on; null: nothing, and a turn takes no time.</summary>
    public MessageCosts? ReplicaCosts { get; init; }

    /// <summary>The most that one link holds back while it is held.</summary>
    public int LargestHeldQueue { get; init; } = 1 << 16;

    /// <exception cref="ArgumentOutOfRangeException">A probability is not within 0 and 1.</exception>
    internal NetworkOptions Validated()
    {
        CheckProbability(Loss, nameof(Loss));
        CheckProbability(Duplication, nameof(Duplication));
        CheckProbability(Reordering, nameof(Reordering));
        return this;
    }

    internal static void CheckProbability(double value, string name)
    {
        if (value is not (>= 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(name, value, "a probability lies between 0 and 1");
        }
    }
}

/// <summary>What a network did so far; a run whose fault never happened proves nothing about it.</summary>
public sealed record NetworkCounters
{
    /// <summary>Messages (envelopes, requests, replies) that a replica or a client sent.</summary>
    public long Sent { get; internal set; }

    /// <summary>The protocol's messages in them: an envelope holds what was queued for a peer.</summary>
    public long Messages { get; internal set; }

    /// <summary>Copies that reached a living system.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Lost by chance.</summary>
    public long Lost { get; internal set; }

    /// <summary>Lost on a cut link.</summary>
    public long Cut { get; internal set; }

    /// <summary>Lost because the receiver was down.</summary>
    public long Unreachable { get; internal set; }

    public long Duplicated { get; internal set; }

    public long Reordered { get; internal set; }

    /// <summary>Held up by a clogged link.</summary>
    public long Clogged { get; internal set; }

    /// <summary>Refused by the serializer on either side.</summary>
    public long Unserializable { get; internal set; }

    /// <summary>Bytes that were serialized; 0 with serialization off.</summary>
    public long Bytes { get; internal set; }
}
