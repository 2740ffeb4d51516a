using Akka.Configuration;

namespace Paxi.Actors.Epochs;

/// <summary>How the epochs behave; from the section <c>paxi</c>.</summary>
public sealed record EpochOptions
{
    /// <summary>A ballot with a counter from here on comes from no correct peer.</summary>
    internal const uint LargestCounter = uint.MaxValue / 2;

    /// <summary>Members tell each other what they know this often.</summary>
    public TimeSpan BeatInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A proposal that was not decided is made again after once to twice this time.</summary>
    public TimeSpan RetransmitInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A change that is not in force after this time is taken back.</summary>
    public TimeSpan ChangeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a voter that most have not heard for <see cref="UnreachableAfter"/> is removed without an operator.</summary>
    public bool RemovesUnreachable { get; init; }

    /// <summary>At least ten beats.</summary>
    public TimeSpan UnreachableAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <exception cref="ConfigurationException">A value is no time.</exception>
    /// <exception cref="ArgumentException">The voters would be removed too soon: the one line to show.</exception>
    public static EpochOptions Create(Config paxi)
    {
        const int FewestBeats = 10;
        var options = new EpochOptions
        {
            BeatInterval = paxi.GetTimeSpan("epochs.beat-interval"),
            RetransmitInterval = paxi.GetTimeSpan("retransmit-interval"),
            ChangeTimeout = paxi.GetTimeSpan("epochs.change-timeout"),
            RemovesUnreachable = paxi.GetBoolean("epochs.remove-unreachable"),
            UnreachableAfter = paxi.GetTimeSpan("epochs.unreachable-after"),
        };
        return !options.RemovesUnreachable || options.UnreachableAfter >= FewestBeats * options.BeatInterval ? options
            : throw new ArgumentException($"paxi.epochs.unreachable-after = {paxi.GetString("epochs.unreachable-after")}; "
                + $"it must be at least ten times paxi.epochs.beat-interval, {paxi.GetString("epochs.beat-interval")}");
    }
}
