using System.Text.Json;
using HdrHistogram;
using Paxi.Bench.Cli;
using Paxi.Bench.Measurement;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;
using Paxi.TestKit.Histories;
using Xunit;

namespace Paxi.Bench.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("paxi-bench-tests-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_run_leaves_what_it_was_and_what_it_measured()
    {
        var folder = RunFolder.Create(Path.Combine(_path, "a", "b"), "local");
        var recorder = new HistoryRecorder();
        recorder.Complete(recorder.Invoke(1, OperationKind.Get, "k"));
        folder.Write(Result(), recorder.ToHistory());

        using var run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "run.json")));
        Assert.Equal(["local", "--clients", "4"], run.RootElement.GetProperty("arguments").EnumerateArray().Select(static word => word.GetString()));
        Assert.Equal(3, run.RootElement.GetProperty("report").GetProperty("ops").GetInt64());
        Assert.Equal(2.5, run.RootElement.GetProperty("faults")[0].GetProperty("recovery_seconds").GetDouble());
        Assert.NotEmpty(run.RootElement.GetProperty("host").EnumerateObject());
        Assert.Equal("second,operations,errors,unknown,p50_ms,p99_ms\n0,2,0,0,1.5,2\n1,1,1,0,3,3\n", File.ReadAllText(Path.Combine(folder.Path, "seconds.csv")));
        Assert.Equal("paxi {}", File.ReadAllText(Path.Combine(folder.Path, "configuration.hocon")));
        Assert.Single(HistoryFile.Read(Path.Combine(folder.Path, "history.jsonl")).Operations);
        Assert.Contains("#[Max     =        3.0", File.ReadAllText(Path.Combine(folder.Path, "latency.hgrm")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_histogram_can_be_read_back()
    {
        var folder = RunFolder.Create(_path, "local");
        var result = Result();
        folder.Write(result, null);
        // A line of the log ends with the histogram, compressed and in base64.
        var line = File.ReadAllLines(Path.Combine(_path, "latency.hlog"))[^1];
        var bytes = Convert.FromBase64String(line[(line.LastIndexOf(',') + 1)..]);
        var buffer = HdrHistogram.Utilities.ByteBuffer.Allocate(bytes);
        var read = HistogramEncoding.DecodeFromCompressedByteBuffer(buffer, 0);
        Assert.True(File.Exists(Path.Combine(_path, "report.html")));
        Assert.Equal(result.Latencies.TotalCount, read.TotalCount);
        Assert.Equal(result.Latencies.GetValueAtPercentile(50), read.GetValueAtPercentile(50));
        Assert.False(File.Exists(Path.Combine(_path, "history.jsonl")));
    }

    [Fact]
    public void A_place_where_nothing_can_be_written_is_told_in_one_line()
    {
        var file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");
        var fault = Assert.Throws<UsageException>(() => RunFolder.Create(Path.Combine(file, "below"), "local"));
        Assert.StartsWith($"--out {file}", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    internal static RunResult Result(double rate = 1.5)
    {
        var latencies = new LongHistogram(100, 3_600_000_000_000, 3);
        foreach (var milliseconds in (long[])[1, 2, 3])
        {
            latencies.RecordValue(milliseconds * 1_000_000);
        }

        return new RunResult
        {
            Title = "paxos",
            Report = new LoadReport
            {
                Algorithm = "paxos",
                Replicas = 3,
                Clients = 4,
                Seconds = 3 / rate,
                Operations = 3,
                Errors = 1,
                Unknown = 0,
                Latency = LatencySummary.Of(latencies),
            },
            Arguments = ["local", "--clients", "4"],
            Configuration = "paxi {}",
            Host = HostFacts.Gather(),
            Latencies = latencies,
            Seconds = [new SecondSample(0, 2, 0, 0, 1.5, 2), new SecondSample(1, 1, 1, 0, 3, 3)],
            Faults = [new FaultMark(0.5, 1, "kill 1.1", 2.5, 0, 1.2)],
        };
    }
}
