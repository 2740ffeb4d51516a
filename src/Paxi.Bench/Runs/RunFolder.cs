using System.Globalization;
using System.Text;
using System.Text.Json;
using HdrHistogram;
using Paxi.Bench.Measurement;
using Paxi.Bench.Reports;
using Paxi.Node.Cli;
using Paxi.TestKit.Histories;

namespace Paxi.Bench.Runs;

/// <summary>
/// What a run leaves on disk: <c>run.json</c> (arguments, versions, host, figures), <c>configuration.hocon</c>, <c>latency.hgrm</c> and <c>latency.hlog</c>
/// (as HdrHistogram writes them), <c>seconds.csv</c>, <c>history.jsonl</c> when it was recorded, <c>report.html</c> with its charts, and
/// <c>invalid.txt</c> when the run does not count.
/// </summary>
internal sealed class RunFolder
{
    public const string DefaultParent = "paxi-bench-results";

    /// <summary>Says why a run does not count.</summary>
    public const string InvalidName = "invalid.txt";

    private const double NanosecondsPerMillisecond = 1e6;
    private const int TicksPerHalfDistance = 5;

    private static readonly JsonWriterOptions Json = new() { Indented = true };

    private RunFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Makes the folder and writes to it once, so that a run does not fail at its end for want of a place.</summary>
    /// <param name="given">Where people want it; null for one of its own under <see cref="DefaultParent"/>.</param>
    /// <param name="verb">Of the command, for the name.</param>
    /// <exception cref="UsageException">It cannot be made or written to.</exception>
    public static RunFolder Create(string? given, string verb)
    {
        try
        {
            var path = System.IO.Path.GetFullPath(given ?? Unused(verb));
            Directory.CreateDirectory(path);
            var probe = System.IO.Path.Combine(path, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new RunFolder(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--out {given ?? DefaultParent} is not writable: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>A folder inside, for a run that is a part of this one.</summary>
    public RunFolder Inside(string name) => new(Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName);

    public void WriteText(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    /// <param name="history">Null when none was recorded.</param>
    public void Write(RunResult result, History? history)
    {
        WriteRun(result);
        if (result.Configuration.Length > 0)
        {
            WriteText("configuration.hocon", result.Configuration);
        }

        using (var distribution = new StreamWriter(System.IO.Path.Combine(Path, "latency.hgrm")))
        {
            result.Latencies.OutputPercentileDistribution(distribution, TicksPerHalfDistance, NanosecondsPerMillisecond);
        }

        WriteLog(result.Latencies);
        WriteText("seconds.csv", Seconds(result.Seconds));
        if (history is not null)
        {
            HistoryFile.Write(System.IO.Path.Combine(Path, "history.jsonl"), history);
        }

        Draw(() => ReportPage.Write(Path, result));
    }

    /// <summary>The page of several runs.</summary>
    public void Write(SweepResult sweep) => Draw(() => SweepPage.Write(Path, sweep));

    /// <summary>A line for each second.</summary>
    public static string Seconds(IReadOnlyList<SecondSample> seconds)
    {
        var text = new StringBuilder("second,operations,errors,unknown,p50_ms,p99_ms\n");
        foreach (var second in seconds)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{second.Second},{second.Operations},{second.Errors},{second.Unknown},{second.P50:0.###},{second.P99:0.###}\n");
        }

        return text.ToString();
    }

    private static string Unused(string verb)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{verb}");
        var path = System.IO.Path.Combine(DefaultParent, name);
        for (var number = 2; Directory.Exists(path); number++)
        {
            path = System.IO.Path.Combine(DefaultParent, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
        }

        return path;
    }

    private void WriteLog(LongHistogram latencies)
    {
        // The writer puts down when the values were recorded, and wants it to be set.
        var copy = (LongHistogram)latencies.Copy();
        copy.EndTimeStamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        copy.StartTimeStamp = copy.EndTimeStamp;
        using var log = new MemoryStream();
        HistogramLogWriter.Write(log, DateTime.UtcNow, copy);
        // The writer writes UTF-16, which HdrHistogram's tools for other platforms do not read.
        WriteText("latency.hlog", Encoding.Unicode.GetString(log.ToArray()).TrimStart('\uFEFF'));
    }

    /// <summary>The figures are on disk by now: a page that cannot be drawn is news, but costs no run.</summary>
    internal static void Draw(Action page)
    {
        try
        {
            page();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or TypeInitializationException or DllNotFoundException)
        {
            Console.Error.WriteLine($"paxi-bench: {ReportPage.FileName} could not be drawn: {(fault.InnerException ?? fault).Message.ReplaceLineEndings(" ")}");
        }
    }

    private void WriteRun(RunResult result)
    {
        using var file = File.Create(System.IO.Path.Combine(Path, "run.json"));
        using var json = new Utf8JsonWriter(file, Json);
        json.WriteStartObject();
        json.WriteString("title", result.Title);
        json.WriteString("invalid", result.Invalid);
        json.WriteStartArray("arguments");
        foreach (var argument in result.Arguments)
        {
            json.WriteStringValue(argument);
        }

        json.WriteEndArray();
        json.WriteStartObject("host");
        foreach (var (name, value) in result.Host)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WritePropertyName("report");
        json.WriteRawValue(ReportWriter.Json(result.Report));
        WriteZones(json, result.Zones);
        WriteFaults(json, result.Faults);
        json.WriteStartArray("ownership");
        foreach (var sample in result.Ownership)
        {
            json.WriteStartObject();
            json.WriteNumber("at", Math.Round(sample.At, 3));
            json.WriteNumber("zone", sample.Zone);
            json.WriteNumber("objects", sample.Objects);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteZones(Utf8JsonWriter json, IReadOnlyList<ZoneLatency> zones)
    {
        json.WriteStartArray("zones");
        foreach (var zone in zones)
        {
            json.WriteStartObject();
            json.WriteNumber("zone", zone.Zone);
            json.WriteString("name", zone.Name);
            json.WriteNumber("operations", zone.Latencies.TotalCount);
            json.WritePropertyName("latency_ms");
            ReportWriter.WriteLatency(json, LatencySummary.Of(zone.Latencies));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFaults(Utf8JsonWriter json, IReadOnlyList<FaultMark> faults)
    {
        json.WriteStartArray("faults");
        foreach (var fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("fault", fault.Text);
            json.WriteNumber("from", Math.Round(fault.From, 3));
            WriteNumber(json, "to", fault.To);
            WriteNumber(json, "recovery_seconds", fault.Recovery);
            WriteNumber(json, "lowest_throughput", fault.Lowest);
            WriteNumber(json, "silence_seconds", fault.Silence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
