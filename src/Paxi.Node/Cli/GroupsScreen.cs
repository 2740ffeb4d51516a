using System.Globalization;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Node.Rest;

namespace Paxi.Node.Cli;

/// <summary>What <c>status</c> shows where keys lie in groups that each have a leader of their own.</summary>
internal static class GroupsScreen
{
    private const string Role = "groups";

    /// <summary>As <c>leads 0 3</c>, or <c>follower</c>; null where there are no groups.</summary>
    public static string? RoleOf(NodeStatus status) => status.Roles.GetValueOrDefault(Role)?.GetValueOrDefault("leads") is { } led
        ? led.Length == 0 ? "follower" : $"leads {ValueText.Escape(led)}"
        : null;

    /// <summary>How many groups there are and which lack a leader; null where there are none.</summary>
    public static string? Headline(CliContext context, ClusterStatus status)
    {
        var leaders = Leaders(status);
        if (leaders.Count == 0)
        {
            return null;
        }

        var missing = string.Join(' ', Enumerable.Range(0, leaders.Count).Where(group => leaders[group] is null));
        return string.Create(CultureInfo.InvariantCulture, $"{leaders.Count} group{(leaders.Count == 1 ? "" : "s")}, ")
            + (missing.Length == 0 ? "each with a leader" : Styled.Text(context, $"no leader for {missing}", "yellow"));
    }

    public static void WriteJson(Utf8JsonWriter json, ClusterStatus status)
    {
        var leaders = Leaders(status);
        if (leaders.Count > 0)
        {
            json.WriteStartArray("groups");
            foreach (var leader in leaders)
            {
                json.WriteStringValue(leader);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>The leader of each group: of the highest ballot that any replica tells of; null where none does.</summary>
    private static IReadOnlyList<string?> Leaders(ClusterStatus status)
    {
        var best = new SortedDictionary<int, (string? Leader, Ballot Ballot)>();
        foreach (var replica in status.Replicas)
        {
            var values = replica.Status?.Roles.GetValueOrDefault(Role);
            var (leaders, ballots) = (values?.GetValueOrDefault("leaders")?.Split(' ') ?? [], values?.GetValueOrDefault("ballots")?.Split(' ') ?? []);
            for (var group = 0; group < Math.Min(leaders.Length, ballots.Length); group++)
            {
                best.TryAdd(group, default);
                if (leaders[group] != "none" && Ballot.TryParse(ballots[group], out var ballot) && ballot >= best[group].Ballot)
                {
                    best[group] = (leaders[group], ballot);
                }
            }
        }

        return [.. best.Values.Select(static one => one.Leader)];
    }
}
