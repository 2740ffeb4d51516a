using System.Globalization;
using System.Text.Json;

namespace Paxi.Node.Cli;

/// <summary>What <c>status</c> shows where each object has an owner of its own: who owns how many, and how fast they change hands.</summary>
internal static class OwnershipScreen
{
    private const string None = "-";

    public static string Headline(ClusterStatus status) => string.Create(CultureInfo.InvariantCulture,
        $"{Plural(Sum(status.Replicas), "object")} owned, {Plural(Steals(status.Replicas), "steal")} in the last minute");

    public static void Print(CliContext context, ClusterStatus status)
    {
        var table = new TextTable("id", "state", "owns", "steals/min", "holds", "cluster", "address");
        foreach (var replica in status.Replicas)
        {
            table.Add(
                replica.Id.ToString(), StatusScreen.State(replica), Owns(status, replica), Number(replica.Ownership?.StealsPerMinute), Number(replica.Held),
                StatusScreen.Cluster(replica.Cluster), StatusScreen.Address(replica));
        }

        table.Print(context);
        context.Out.WriteLine();
        var zones = new TextTable("zone", "owns", "steals/min", "replicas that answer");
        foreach (var zone in Zones(status))
        {
            zones.Add(
                Number(zone.Key), Number(Sum(zone)), Number(Steals(zone)),
                string.Create(CultureInfo.InvariantCulture, $"{zone.Count(static replica => replica.Status is not null)} of {zone.Count()}"));
        }

        zones.Print(context);
        if (status.Replicas.Any(replica => replica.Ownership is null && status.SeenOwned(replica.Id) > 0))
        {
            context.Out.WriteLine($"\n{Styled.Wrap(context, "~: by the word of the others, since it cannot tell itself; they stay its own until somebody asks for them")}");
        }
    }

    public static void WriteJson(Utf8JsonWriter json, ReplicaLine replica)
    {
        JsonLine.WriteNumber(json, "objects", replica.Ownership?.Objects);
        JsonLine.WriteNumber(json, "steals_per_minute", replica.Ownership?.StealsPerMinute);
    }

    public static void WriteZones(Utf8JsonWriter json, ClusterStatus status)
    {
        json.WriteStartArray("zones");
        foreach (var zone in Zones(status))
        {
            json.WriteStartObject();
            json.WriteNumber("zone", zone.Key);
            json.WriteNumber("objects", Sum(zone));
            json.WriteNumber("steals_per_minute", Steals(zone));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<IGrouping<ushort, ReplicaLine>> Zones(ClusterStatus status) =>
        status.Replicas.GroupBy(static replica => replica.Id.Zone).OrderBy(static zone => zone.Key);

    private static Cell Owns(ClusterStatus status, ReplicaLine replica) => replica.Ownership is { } ownership ? Number(ownership.Objects)
        : status.SeenOwned(replica.Id) is > 0 and var seen ? new Cell($"~{Number(seen)}", "yellow")
        : None;

    private static long Sum(IEnumerable<ReplicaLine> replicas) => replicas.Sum(static replica => replica.Ownership?.Objects ?? 0);

    private static long Steals(IEnumerable<ReplicaLine> replicas) => replicas.Sum(static replica => replica.Ownership?.StealsPerMinute ?? 0);

    private static string Plural(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? None;
}
