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

    /// <exception cref="Akka.Configuration.ConfigurationException">A value is no time.</exception>
    public static EpochOptions Create(Config paxi) => new()
    {
        BeatInterval = paxi.GetTimeSpan("epochs.beat-interval"),
        RetransmitInterval = paxi.GetTimeSpan("retransmit-interval"),
        ChangeTimeout = paxi.GetTimeSpan("epochs.change-timeout"),
    };
}
