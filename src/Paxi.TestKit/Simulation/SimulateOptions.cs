using System.Globalization;

namespace Paxi.TestKit.Simulation;

/// <summary>What <c>paxi simulate</c> was told.</summary>
public sealed record SimulateOptions
{
    public required string Algorithm { get; init; }

    public int Zones { get; init; } = 3;

    public int Nodes { get; init; } = 3;

    /// <summary>The seeds, both ends included.</summary>
    public (ulong First, ulong Last) Seeds { get; init; } = (1, 1);

    public int Operations { get; init; } = 1_000;

    public int Clients { get; init; } = 16;

    /// <summary><c>none</c>, <c>swarm</c>, or names of families with commas between.</summary>
    public string Faults { get; init; } = "swarm";

    /// <summary>Prints one JSON object as the last line.</summary>
    public bool Json { get; init; }

    /// <summary>Messages go through the real serializers.</summary>
    public bool Serializes { get; init; } = true;

    /// <summary>Threads, with a world each; 0 takes the number of cores.</summary>
    public int Parallelism { get; init; }

    /// <summary>Wall-clock time for shortening one failure; the first few are shortened.</summary>
    public TimeSpan ShrinkTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The command that the line which repeats a failure begins with.</summary>
    public string Program { get; init; } = "paxi";

    /// <summary>A range as in <c>--seeds 1..100</c>, or one seed.</summary>
    /// <exception cref="ArgumentException">It is no range; one line.</exception>
    public static (ulong First, ulong Last) ParseSeeds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ends = text.Split("..");
        if (ends.Length is 1 or 2
            && ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= last
            && last - first < 10_000_000)
        {
            return (first, last);
        }

        throw new ArgumentException($"--seeds {text} is no range of seeds; write A..B with A up to B, at most 10 million of them, as in 1..1000");
    }

    internal RunOptions Run(ulong seed) => new RunOptions
    {
        Seed = seed,
        Zones = Zones,
        Nodes = Nodes,
        Operations = Operations,
        Clients = Clients,
        Faults = FaultChoice.Parse(Faults),
        Serializes = Serializes,
    }.Validated();

    /// <summary>The one command that repeats a seed.</summary>
    internal string Reproduce(ulong seed) => string.Create(CultureInfo.InvariantCulture,
        $"{Program} simulate --algorithm {Algorithm} --zones {Zones} --nodes {Nodes} --seed {seed} --ops {Operations} --clients {Clients} --faults {Faults}");
}

/// <summary>How far a simulation is.</summary>
public readonly record struct SimulateProgress(int Done, int Total, int Failed);
