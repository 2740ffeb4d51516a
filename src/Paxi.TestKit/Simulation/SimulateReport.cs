using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;

namespace Paxi.TestKit.Simulation;

/// <summary>The words and the JSON of a simulation.</summary>
internal sealed class SimulateReport(SimulateOptions options, SimulateTally tally, TimeSpan wall)
{
    /// <summary>This many failures are shortened; of the others the seed and the violation are shown.</summary>
    private const int MostShortened = 3;

    private const int MostListed = 50;

    private const int MostOperations = 25;

    public void Write(TextWriter output, Func<RunReport, RunReport> shrink)
    {
        output.WriteLine($"{options.Algorithm}, {options.Zones} zones of {options.Nodes} replicas, {options.Clients} clients, "
            + $"{options.Operations} operations a seed, faults {options.Faults}, seeds {options.Seeds.First}..{options.Seeds.Last}");
        var index = 0;
        foreach (var (seed, report) in tally.Failed.Take(MostListed))
        {
            output.WriteLine();
            output.WriteLine(Text($"seed {seed} FAILED: {report.Violation}"));
            if (index++ < MostShortened)
            {
                WriteFailure(output, report, shrink(report));
            }

            output.WriteLine($"repeat it: {options.Reproduce(seed)}");
        }

        foreach (var (seed, reason) in tally.Undecided.Take(MostListed))
        {
            output.WriteLine(Text($"seed {seed} undecided: {reason}"));
        }

        WriteSummary(output);
    }

    public string Json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("algorithm", options.Algorithm);
        json.WriteNumber("seeds", tally.Done);
        json.WriteNumber("passed", tally.Passed);
        json.WriteStartArray("failed");
        foreach (var (seed, report) in tally.Failed)
        {
            json.WriteStartObject();
            json.WriteNumber("seed", seed);
            json.WriteString("violation", report.Violation!.ToString());
            json.WriteString("reproduce", options.Reproduce(seed));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("operations", tally.Operations);
        json.WriteNumber("messages", tally.Messages);
        json.WriteNumber("virtual_seconds", Math.Round(tally.Virtual.TotalSeconds, 3));
        json.WriteNumber("wall_seconds", Math.Round(wall.TotalSeconds, 3));
        json.WriteString("trace_hash", tally.TraceHash());
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteFailure(TextWriter output, RunReport full, RunReport shortest)
    {
        output.Write(full.Banner());
        output.WriteLine($"shortened to {shortest.Operations} of {full.Operations} operations and {shortest.Plan.Events.Length} of "
            + $"{full.Plan.Events.Length} faults: {shortest.Violation}");
        output.WriteLine($"links: {shortest.Plan.Conditions}");
        foreach (var fault in shortest.Plan.Events)
        {
            output.WriteLine($"fault: {fault}");
        }

        if (shortest.Linearizability is { Verdict: Verdict.No } impossible)
        {
            FragmentText.Write(output, impossible);
            return;
        }

        var shown = shortest.History.Operations.OrderBy(operation => operation.Start).ToArray();
        if (shown.Length > MostOperations)
        {
            output.WriteLine(Text($"... {shown.Length - MostOperations} operations before"));
        }

        foreach (var operation in shown.TakeLast(MostOperations))
        {
            output.WriteLine(Line(operation));
        }
    }

    private static string Line(Operation operation)
    {
        var end = operation switch
        {
            { End: { } at } => Text($"{at / 1e6,10:0.000}"),
            _ => "         ?",
        };
        var outcome = operation.Ok switch { true => "", false => "  failed", null => "  unknown" };
        return Text($"{operation.Start / 1e6,10:0.000} to {end} ms  client {operation.Client}: {operation.Describe()}{outcome}");
    }

    private void WriteSummary(TextWriter output)
    {
        if (tally.Failed.Count + tally.Undecided.Count > 0)
        {
            output.WriteLine();
        }

        var values = tally.Coverage.Values.Where(value => !value.Key.StartsWith("planned", StringComparison.Ordinal) && value.Value > 0);
        output.WriteLine($"exercised: {string.Join(", ", values.Select(value => Text($"{value.Key} {value.Value:N0}")))}");
        foreach (var family in tally.NeverExercised())
        {
            output.WriteLine($"NEVER EXERCISED: {family}; these seeds prove nothing about it");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{tally.Done} seeds: {tally.Passed} passed, {tally.Failed.Count} failed, {tally.Undecided.Count} undecided; "
            + $"{tally.Operations:N0} operations, {tally.Messages:N0} messages, {tally.Virtual.TotalSeconds:N0} s of virtual time in {wall.TotalSeconds:0.0} s"));
        output.WriteLine($"trace hash {tally.TraceHash()}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
