using System.Collections.Immutable;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Every planted bug; the rows of the table, in their order.</summary>
internal static class PlantedBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
        [.. AcceptorBugs.All, .. LeaderBugs.All, .. LearnerBugs.All, .. StateBugs.All, .. ReaderBugs.All, .. WPaxosBugs.All, .. EpochBugs.All];

    public static PlantedBug Find(string name) => All.Single(bug => bug.Name == name);
}
