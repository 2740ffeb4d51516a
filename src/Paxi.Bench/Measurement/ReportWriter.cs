using System.Text;
using System.Text.Json;

namespace Paxi.Bench.Measurement;

/// <summary>A report as people read it, and as the JSON object that scripts depend on.</summary>
public static class ReportWriter
{
    /// <summary>A few lines of plain text; numbers are as in the invariant culture, which the program is built for.</summary>
    /// <param name="title">What was run, in one line.</param>
    public static string Text(LoadReport report, string title)
    {
        var text = new StringBuilder();
        text.AppendLine(title);
        Line(text, "throughput", $"{report.OperationsPerSecond:N0} operations/s  ({report.Operations:N0} in {report.Seconds:0.0} s)");
        if (report.Rate > 0)
        {
            Line(text, "offered", $"{report.Rate:N0} operations/s by a Poisson process; {report.Missed:N0} missed; started late by p50 {report.Lateness?.P50:0.000}  p99 {report.Lateness?.P99:0.000} ms");
        }

        Line(text, "not done", $"{report.Errors:N0} errors, {report.Unknown:N0} unknown" +
            (report.FirstError is { } error ? $"; the first: {error.ReplaceLineEndings(" ")}" : ""));
        var latency = report.Latency;
        Line(text, "latency ms",
            $"mean {latency.Mean:0.000}  p50 {latency.P50:0.000}  p95 {latency.P95:0.000}  p99 {latency.P99:0.000}  p99.9 {latency.P999:0.000}  max {latency.Max:0.000}");
        foreach (var process in report.Processes)
        {
            Line(text, process.Name,
                $"{report.MicrosecondsPerOperation(process),6:0.00} µs/operation  {report.Cores(process):0.00} cores  {process.ResidentBytes / 1e6:0} MB");
        }

        if (report.Ratio("leader.commands", "leader.proposed") is { } batch)
        {
            var (slots, requests) = (report.Counters["leader.proposed"], report.Counters["links.requests"]);
            Line(text, "batches", $"{batch:0.0} commands/slot, {(double)report.Operations / Math.Max(1, requests):0.0} commands/request, " +
                $"{(double)report.Counters["links.envelopes"] / slots:0.0} envelopes/slot between replicas, {slots / report.Seconds:N0} slots/s");
        }

        if (report.PerOperation("links.sent") is { } messages)
        {
            Line(text, "links", $"{messages:0.00} messages, {report.PerOperation("links.envelopes"):0.00} envelopes and {report.PerOperation("links.bytes"):0} bytes (serialized, without frames) " +
                "for each operation, between replicas" + Busiest(report));
        }

        if (report.Check is { } check)
        {
            Line(text, "history", check);
        }

        foreach (var note in new[] { Bottleneck.FindMissed(report), Bottleneck.Find(report), Bottleneck.FindOthers(report) })
        {
            if (note is not null)
            {
                Line(text, "note", note);
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>One object on one line: the agreed properties first, then <c>details</c>.</summary>
    public static string Json(LoadReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteAgreed(json, report);
            json.WriteStartObject("details");
            WriteDetails(json, report);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Busiest(LoadReport report)
    {
        if (report.Links.Count == 0)
        {
            return "";
        }

        var busiest = report.Links.MaxBy(static link => link.Bytes);
        return $"; most on {busiest.From} -> {busiest.To}: {busiest.Messages / report.Seconds:N0} messages/s, {busiest.Bytes / report.Seconds / 1e6:0.00} MB/s";
    }

    private static void WriteAgreed(Utf8JsonWriter json, LoadReport report)
    {
        json.WriteString("algorithm", report.Algorithm);
        json.WriteNumber("replicas", report.Replicas);
        json.WriteNumber("clients", report.Clients);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        json.WriteNumber("ops", report.Operations);
        json.WriteNumber("ops_per_second", Math.Round(report.OperationsPerSecond, 1));
        json.WriteNumber("errors", report.Errors);
        json.WriteNumber("unknown", report.Unknown);
        json.WritePropertyName("latency_ms");
        WriteLatency(json, report.Latency);
        if (report.Linearizable is { } linearizable)
        {
            json.WriteBoolean("linearizable", linearizable);
        }
        else
        {
            json.WriteNull("linearizable");
        }
    }

    /// <summary>The object of latencies, in milliseconds.</summary>
    internal static void WriteLatency(Utf8JsonWriter json, LatencySummary latency)
    {
        json.WriteStartObject();
        json.WriteNumber("mean", Milliseconds(latency.Mean));
        json.WriteNumber("p50", Milliseconds(latency.P50));
        json.WriteNumber("p95", Milliseconds(latency.P95));
        json.WriteNumber("p99", Milliseconds(latency.P99));
        json.WriteNumber("p999", Milliseconds(latency.P999));
        json.WriteNumber("max", Milliseconds(latency.Max));
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, LoadReport report)
    {
        if (report.Rate > 0)
        {
            json.WriteNumber("rate", report.Rate);
            json.WriteNumber("missed", report.Missed);
            json.WritePropertyName("lateness_ms");
            WriteLatency(json, report.Lateness ?? new LatencySummary(0, 0, 0, 0, 0, 0));
        }

        json.WriteStartArray("processes");
        foreach (var process in report.Processes)
        {
            json.WriteStartObject();
            json.WriteString("name", process.Name);
            json.WriteNumber("microseconds_per_operation", Math.Round(report.MicrosecondsPerOperation(process), 3));
            json.WriteNumber("cores", Math.Round(report.Cores(process), 3));
            json.WriteNumber("resident_bytes", process.ResidentBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (report.MachineBusy is { } busy)
        {
            json.WriteNumber("machine_busy", Math.Round(busy, 3));
        }

        json.WriteStartObject("counters");
        foreach (var (name, count) in report.Counters)
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
        json.WriteStartArray("links");
        foreach (var link in report.Links)
        {
            json.WriteStartObject();
            json.WriteString("from", link.From);
            json.WriteString("to", link.To);
            json.WriteNumber("messages", link.Messages);
            json.WriteNumber("bytes", link.Bytes);
            json.WriteNumber("messages_per_operation", Math.Round((double)link.Messages / Math.Max(1, report.Operations), 4));
            json.WriteNumber("bytes_per_operation", Math.Round((double)link.Bytes / Math.Max(1, report.Operations), 2));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("per_second");
        foreach (var count in report.PerSecond)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteBoolean("load_generator_is_bottleneck", Bottleneck.Find(report) is not null);
        json.WriteString("first_error", report.FirstError);
    }

    private static double Milliseconds(double value) => Math.Round(value, 4);

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append("  ").Append(name.PadRight(11)).Append(value).AppendLine();
}
