namespace Paxi.Bench.Papers;

/// <summary>All sections, in the order in which they are printed.</summary>
public static class PaperSections
{
    public static IReadOnlyList<PaperSection> All { get; } =
    [
        new("quorums", "Quorum latencies, composite matrix, five regions of three replicas", QuorumLatencies.Run),
        new("averages", "Averages over five regions", WanAverages.Run),
        new("capacity", "Capacity of one leader in a local network", LocalAreaModel.Capacity),
        new("queue", "Latency under load in a local network", LocalAreaModel.HockeyStick),
        new("locality", "Locality", Locality.Static),
        new("conflict", "Conflict, the hot key in Ohio", Conflicts.Run),
        new("shifting", "Shifting locality", Locality.Shifting),
        new("faults", "Faults", FaultSteps.Run),
    ];
}
