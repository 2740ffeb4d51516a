using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Paxi.Actors;

namespace Paxi.Node.Cli;

/// <summary>How <c>consensus</c> looks.</summary>
internal static class ConsensusScreen
{
    private const int NewestWidth = 40;

    public static void Print(
        CliContext context, string key, int replicas, ImmutableArray<ComparedVersions> compared, ImmutableArray<RestAnswer> silent)
    {
        // Where each object has a log of its own no replica has a last slot of all.
        var hasSlots = compared.Any(static one => one.Replica.Slot is not null || one.Replica.IsMoving);
        var table = new TextTable(hasSlots ? ["id", "executed", "versions", "", "newest"] : ["id", "versions", "", "newest"]);
        foreach (var one in compared)
        {
            var versions = one.Replica.Versions;
            Add(
                one.Replica.Id, one.Replica.Slot?.ToString(CultureInfo.InvariantCulture) ?? (one.Replica.IsMoving ? "moving" : "-"),
                versions.Length.ToString(CultureInfo.InvariantCulture), Word(one),
                versions.IsEmpty ? new Cell("absent", "dim") : ValueText.Show(versions[^1].Span, NewestWidth));
        }

        foreach (var answer in silent)
        {
            Add(answer.Id, "-", "-", new Cell("no answer", "red"), new Cell(answer.Problem ?? "", "dim"));
        }

        table.Print(context);
        context.Out.WriteLine();
        context.Out.WriteLine(Styled.Wrap(context, Summary(context, key, replicas, compared)));

        void Add(ReplicaId id, string executed, string versions, Cell word, Cell newest) =>
            table.Add(hasSlots ? [id.ToString(), executed, versions, word, newest] : [id.ToString(), versions, word, newest]);
    }

    public static void PrintJson(CliContext context, string key, ImmutableArray<ComparedVersions> compared, ImmutableArray<RestAnswer> silent) =>
        JsonLine.Print(context.Out, json =>
        {
            json.WriteString("key", key);
            json.WriteString("verdict", Name(VersionComparison.Verdict(compared)));
            json.WriteStartArray("replicas");
            foreach (var one in compared)
            {
                json.WriteStartObject();
                json.WriteString("id", one.Replica.Id.ToString());
                json.WriteString("agreement", Name(one.Agreement));
                JsonLine.WriteNumber(json, "executed", one.Replica.Slot);
                JsonLine.WriteNumber(json, "behind", one.Behind);
                json.WriteString("differs_from", one.DiffersFrom?.ToString());
                JsonLine.WriteNumber(json, "differs_at", one.DiffersAt);
                WriteVersions(json, one.Replica.Versions);
                json.WriteEndObject();
            }

            foreach (var answer in silent)
            {
                json.WriteStartObject();
                json.WriteString("id", answer.Id.ToString());
                json.WriteNull("agreement");
                json.WriteString("error", answer.Problem);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    public static void WriteVersions(Utf8JsonWriter json, ImmutableArray<ReadOnlyMemory<byte>> versions)
    {
        json.WriteStartArray("versions");
        foreach (var version in versions)
        {
            json.WriteStartObject();
            JsonLine.WriteValue(json, "value", version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Cell Word(ComparedVersions one) => one.Agreement switch
    {
        Agreement.Equal => new Cell("equal", "green"),
        Agreement.Prefix => new Cell(string.Create(CultureInfo.InvariantCulture, $"behind by {one.Behind}"), "yellow"),
        Agreement.Conflict => new Cell(string.Create(CultureInfo.InvariantCulture, $"differs from {one.DiffersFrom} at version {one.DiffersAt}"), "bold red"),
        _ => new Cell("cannot tell", "yellow"),
    };

    private static string Summary(CliContext context, string key, int replicas, ImmutableArray<ComparedVersions> compared)
    {
        var (word, style, text) = VersionComparison.Verdict(compared) switch
        {
            Agreement.Equal => ("equal", "green", $"{compared.Length} of {replicas} replicas hold the same versions"),
            Agreement.Prefix => ("equal prefix", "green", $"{compared.Length} of {replicas} replicas agree, some lag behind"),
            Agreement.Conflict => ("conflict", "bold red", "replicas that executed the same slots hold different versions"),
            _ when compared.Length < 2 => ("unknown", "yellow", $"{compared.Length} of {replicas} replicas answer; two are needed to compare"),
            _ when compared.All(static one => one.Replica.Slot is null && !one.Replica.IsMoving) =>
                ("unknown", "yellow", "the versions differ, as they may while writes are under way or after a delete; try again"),
            _ => ("unknown", "yellow", "the versions differ, but the replicas have not executed the same slots; try again"),
        };
        return $"key {Inputs.Quote(key)}: {Styled.Text(context, word, style)}: {text}";
    }

    private static string Name(Agreement agreement) => agreement.ToString().ToLowerInvariant();
}
