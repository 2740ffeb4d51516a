using System.Globalization;

namespace Paxi.Node.Cli;

/// <summary>How <c>status</c> looks.</summary>
internal static class StatusScreen
{
    private const string None = "-";

    public static void Print(CliContext context, ClusterStatus status)
    {
        var replicas = status.Replicas.Length;
        context.Out.WriteLine(Styled.Wrap(context, string.Create(CultureInfo.InvariantCulture,
            $"{Styled.Text(context, status.Algorithm, "bold")}, {status.Answering} of {replicas} replicas answer, {Leader(context, status)}{Epoch(status)}")));
        context.Out.WriteLine();
        if (status.HasOwners)
        {
            OwnershipScreen.Print(context, status);
        }
        else
        {
            PrintLeader(context, status);
        }

        PrintReasons(context, status);
    }

    private static void PrintLeader(CliContext context, ClusterStatus status)
    {
        var table = new TextTable("id", "state", "role", "ballot", "executed", "lag", "cluster", "address");
        foreach (var replica in status.Replicas)
        {
            table.Add(
                replica.Id.ToString(), State(replica), Role(replica), Ballot(replica), Number(replica.Executed), Lag(replica.Lag),
                Cluster(replica.Cluster), Address(replica));
        }

        table.Print(context);
    }

    /// <summary>One replica with every value of every role.</summary>
    public static void PrintOne(CliContext context, ReplicaLine replica)
    {
        var state = State(replica);
        context.Out.WriteLine($"{replica.Id}  {Styled.Text(context, state.Text, state.Style)}  {Address(replica)}  {replica.Problem ?? replica.Status?.Reason}".TrimEnd());
        foreach (var (role, values) in replica.Status?.Roles ?? new Dictionary<string, IReadOnlyDictionary<string, string>>())
        {
            context.Out.WriteLine();
            context.Out.WriteLine(Styled.Text(context, role, "bold"));
            var width = values.Keys.Select(name => name.Length).DefaultIfEmpty().Max();
            foreach (var (name, value) in values)
            {
                context.Out.WriteLine($"  {Styled.Text(context, name.PadRight(width), "dim")}  {ValueText.Escape(value)}");
            }
        }
    }

    public static void PrintJson(CliContext context, ClusterStatus status) => JsonLine.Print(context.Out, json =>
    {
        json.WriteString("algorithm", status.Algorithm);
        json.WriteString("leader", status.Leader);
        json.WriteString("ballot", status.Ballot?.ToString());
        GroupsScreen.WriteJson(json, status);
        JsonLine.WriteNumber(json, "epoch", status.NewestEpoch?.Epoch);
        json.WriteStartArray("replicas");
        foreach (var replica in status.Replicas)
        {
            json.WriteStartObject();
            json.WriteString("id", replica.Id.ToString());
            json.WriteString("state", replica.Status?.State ?? "unreachable");
            json.WriteString("role", replica.Role);
            json.WriteString("leader", replica.Status?.Leader);
            json.WriteString("ballot", replica.Status?.Ballot);
            JsonLine.WriteNumber(json, "executed", replica.Executed);
            JsonLine.WriteNumber(json, "lag", replica.Lag);
            if (status.HasOwners)
            {
                OwnershipScreen.WriteJson(json, replica);
            }

            json.WriteString("cluster", replica.Cluster);
            json.WriteString("address", replica.Replica.Remote.ToString());
            json.WriteString("http_address", replica.Replica.Rest?.GetLeftPart(UriPartial.Authority));
            json.WriteString("reason", replica.Problem ?? (replica.Status?.Reason is { Length: > 0 } reason ? reason : null));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (status.HasOwners)
        {
            OwnershipScreen.WriteZones(json, status);
        }
    });

    private static string Leader(CliContext context, ClusterStatus status) => status.HasOwners
        ? OwnershipScreen.Headline(status)
        : status.Leader is { } leader
        ? $"leader {Styled.Text(context, leader, "bold green")}"
        : GroupsScreen.Headline(context, status) ?? Styled.Text(context, "no leader", "yellow");

    private static void PrintReasons(CliContext context, ClusterStatus status)
    {
        var reasons = status.Replicas
            .GroupBy(replica => replica.Problem ?? replica.Status?.Reason ?? "", replica => replica.Id)
            .Where(group => group.Key.Length > 0)
            .ToArray();
        foreach (var (index, group) in reasons.Index())
        {
            context.Out.WriteLine($"{(index == 0 ? "\n" : "")}{Styled.Wrap(context, $"{string.Join(' ', group)}: {ValueText.Escape(group.Key)}")}");
        }
    }

    /// <summary>With an eye to a vote that it does not have yet, or no more.</summary>
    internal static Cell State(ReplicaLine replica) => replica.Status?.State switch
    {
        null => new Cell("no answer", "red"),
        "running" when replica is { Ownership: not null, Role: { } role } => new Cell(role, "yellow"),
        "running" => new Cell("running", "green"),
        "failed" => new Cell("failed", "red"),
        var state => new Cell(ValueText.Escape(state), "yellow"),
    };

    private static Cell Role(ReplicaLine replica) => replica.Role switch
    {
        null => None,
        "leader" => new Cell("leader", "bold green"),
        var role => role,
    };

    private static string Ballot(ReplicaLine replica) => Actors.Ballot.TryParse(replica.Status?.Ballot, out var ballot) && !ballot.IsZero ? ballot.ToString() : None;

    private static Cell Lag(long? lag) => lag is > 0 ? new Cell(Number(lag), "yellow") : Number(lag);

    public static Cell Cluster(string cluster) => cluster is "up" ? cluster : new Cell(ValueText.Escape(cluster), "yellow");

    public static string Address(ReplicaLine replica) =>
        replica.Replica.Rest?.GetLeftPart(UriPartial.Authority) ?? replica.Replica.Remote.ToString();

    private static string Epoch(ClusterStatus status) => status.NewestEpoch is { } newest
        ? string.Create(CultureInfo.InvariantCulture, $", epoch {newest.Epoch}{(newest.IsJoint ? " (joint)" : "")} with {newest.Voters.Length} voters")
        : "";

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? None;
}
