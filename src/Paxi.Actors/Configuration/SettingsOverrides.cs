namespace Paxi.Actors.Configuration;

/// <summary>What the command line puts in front of the configuration file; null leaves the file's word.</summary>
public sealed record SettingsOverrides
{
    /// <summary>The command line says nothing.</summary>
    public static readonly SettingsOverrides None = new();

    /// <summary><c>--algorithm A</c></summary>
    public string? Algorithm { get; init; }

    /// <summary><c>--journal disk|memory</c>, as written.</summary>
    public string? Journal { get; init; }

    /// <summary><c>--data DIR</c></summary>
    public string? Data { get; init; }

    /// <summary><c>--zones Z</c>: with <see cref="Nodes"/>, Z zones of N replicas on this machine instead of the file's addresses.</summary>
    public int? Zones { get; init; }

    /// <summary><c>--nodes N</c>: replicas in each zone.</summary>
    public int? Nodes { get; init; }
}
