using System.Globalization;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>The steady state of the links and disks of a run.</summary>
public sealed record Conditions
{
    /// <summary>How long a message takes.</summary>
    public required DelayDistribution Delay { get; init; }

    /// <summary>Probability that a message is lost.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a message arrives twice.</summary>
    public double Duplication { get; init; }

    /// <summary>What the second copy takes on top.</summary>
    public DelayDistribution DuplicationDelay { get; init; } = DelayDistribution.Constant(TimeSpan.Zero);

    /// <summary>Probability that a message takes an extra delay, and so is overtaken.</summary>
    public double Reordering { get; init; }

    /// <summary>The extra delay.</summary>
    public DelayDistribution ReorderingDelay { get; init; } = DelayDistribution.Constant(TimeSpan.Zero);

    /// <summary>How long a sync takes.</summary>
    public required DelayDistribution DiskDelay { get; init; }

    /// <summary>Whether what is ready on one machine runs in a random order instead of first in, first out.</summary>
    public bool ShufflesReadyWork { get; init; }

    /// <summary>Links and disks as a good local network has them, and nothing goes wrong.</summary>
    public static Conditions Calm { get; } = new()
    {
        Delay = DelayDistribution.Uniform(TimeSpan.FromMilliseconds(0.2), TimeSpan.FromMilliseconds(0.6)),
        DiskDelay = DelayDistribution.Constant(TimeSpan.FromMilliseconds(0.1)),
    };

    /// <summary>The same delays, and nothing goes wrong.</summary>
    public Conditions Reliable => this with { Loss = 0, Duplication = 0, Reordering = 0 };

    /// <summary>
    /// Timely, too: from some time on messages and disks are fast against the time-outs, without which no protocol can promise progress
    /// (Dwork, Lynch, Stockmeyer: Consensus in the Presence of Partial Synchrony, JACM 1988).
    /// </summary>
    public Conditions Healed => Calm with { ShufflesReadyWork = ShufflesReadyWork };

    internal NetworkOptions Network(bool serializes) => new()
    {
        Delay = Delay,
        Loss = Loss,
        Duplication = Duplication,
        DuplicationDelay = DuplicationDelay,
        Reordering = Reordering,
        ReorderingDelay = ReorderingDelay,
        Serializes = serializes,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"delay {Delay}, loss {Loss:0.###}{Rate("duplication", Duplication, DuplicationDelay)}{Rate("reordering", Reordering, ReorderingDelay)}, "
        + $"sync {DiskDelay}{(ShufflesReadyWork ? ", shuffled" : "")}");

    private static string Rate(string name, double probability, DelayDistribution delay) => probability == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {name} {probability:0.###} by {delay}");
}
