using System.Diagnostics;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>
/// How long checks take; prints and asserts nothing but the verdict, and runs only when the environment variable
/// PAXI_MEASURE is set.
/// </summary>
public class SpeedMeasurement(ITestOutputHelper output)
{
    [Fact]
    public void Of_a_million_operations_on_a_thousand_keys()
    {
        foreach ((string name, int values, double cas, double unknown) in new (string, int, double, double)[]
        {
            ("unique", 0, 0, 0), ("values repeat", 5, 0, 0), ("values repeat, cas, unknown", 5, 0.1, 0.001),
        })
        {
            var shape = new RandomShape
            {
                Operations = 1_000_000,
                Clients = 64,
                Keys = 1000,
                Values = values,
                Cas = cas,
                Unknown = unknown,
            };
            Measure($"1,000,000 operations, 1,000 keys, 64 clients, {name}", shape, Verdict.Yes, throughFile: true);
        }
    }

    [Theory]
    [InlineData("unique values", 0, 0, 0)]
    [InlineData("unique values, unknown 5 %", 0, 0, 0.05)]
    [InlineData("values repeat", 5, 0, 0)]
    [InlineData("values repeat, unknown 1 %", 5, 0, 0.01)]
    [InlineData("values repeat, unknown 5 %", 5, 0, 0.05)]
    [InlineData("cas", 5, 0.33, 0)]
    [InlineData("cas, unknown 1 %", 5, 0.33, 0.01)]
    [InlineData("cas, unknown 5 %", 5, 0.33, 0.05)]
    [InlineData("unique, cas, unknown 5 %", 0, 0.33, 0.05)]
    [InlineData("many values, cas, unknown 5 %", 1000, 0.33, 0.05)]
    public void Of_ten_thousand_operations_on_one_key(string name, int values, double cas, double unknown)
    {
        var shape = new RandomShape
        {
            Operations = 10_000,
            Clients = 16,
            Values = values,
            Cas = cas,
            Unknown = unknown,
            Length = 1000,
        };
        Measure($"10,000 operations, 1 key, 16 clients, {name}", shape, Verdict.Yes, throughFile: false);
        Measure($"10,000 operations, 1 key, 16 clients, {name}, one wrong answer", shape, null, throughFile: false);
    }

    private void Measure(string name, RandomShape shape, Verdict? expected, bool throughFile)
    {
        if (Environment.GetEnvironmentVariable("PAXI_MEASURE") is null)
        {
            return;
        }

        List<Operation> operations = new RandomHistory(new Random(1), shape).Make();
        if (expected is null)
        {
            int wrong = operations.FindIndex(operations.Count / 2, o => o is { Kind: OperationKind.Get, Ok: true });
            string? before = operations.FindLast(o => o.End < operations[wrong].Start - 5000 && o.Kind == OperationKind.Set)?.Value;
            operations[wrong] = operations[wrong] with { Result = before == operations[wrong].Result ? "v0" : before };
        }

        var history = new History(operations);
        long started = Stopwatch.GetTimestamp();
        string reading = "";
        if (throughFile)
        {
            string path = Path.GetTempFileName();
            HistoryFile.Write(path, history);
            history = null!;
            operations = null!;
            GC.Collect();
            started = Stopwatch.GetTimestamp();
            history = HistoryFile.Read(path);
            reading = $", of it reading {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s";
            File.Delete(path);
        }

        CheckReport report = LinearizabilityChecker.Check(history);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine(
            $"{name}: {report.Verdict}, {elapsed.TotalSeconds:0.00} s{reading}, " +
            $"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB, {report.Reason}, {report.Fragment.Count}");
        if (report.Fragment.Count is > 0 and < 8)
        {
            var text = new StringWriter();
            FragmentText.Write(text, report);
            output.WriteLine(text.ToString());
        }

        if (expected is { } verdict)
        {
            Assert.Equal(verdict, report.Verdict);
        }
    }
}
