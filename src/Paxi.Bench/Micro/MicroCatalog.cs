namespace Paxi.Bench.Micro;

/// <summary>The benchmarks of small parts, by the names that <c>paxi-bench micro</c> takes.</summary>
public static class MicroCatalog
{
    public static IReadOnlyList<(string Name, Type Type, string What)> All { get; } =
    [
        ("serializer", typeof(SerializerBenchmark), "an envelope with ten commands, in binary form and through Hyperion"),
        ("quorum", typeof(QuorumBenchmark), "whether votes are a quorum: majority, flexible grid, joint"),
        ("journal", typeof(JournalBenchmark), "a commit of one and of a hundred records, in memory and synced to disk"),
        ("checker", typeof(CheckerBenchmark), "the linearizability check of a history of concurrent operations"),
        ("simulator", typeof(SimulatorBenchmark), "a whole simulated run, calm and with faults"),
    ];

    /// <summary>The benchmarks of these names, each once, in the order of the list; without names all.</summary>
    /// <exception cref="ArgumentException">A name is unknown; one line that lists those there are.</exception>
    public static Type[] Find(IReadOnlyCollection<string> names)
    {
        var unknown = names.FirstOrDefault(static name => All.All(entry => entry.Name != name));
        return unknown is null
            ? [.. All.Where(entry => names.Count == 0 || names.Contains(entry.Name)).Select(static entry => entry.Type)]
            : throw new ArgumentException($"there is no benchmark '{unknown}'; it may be {string.Join(", ", All.Select(static entry => entry.Name))}");
    }
}
