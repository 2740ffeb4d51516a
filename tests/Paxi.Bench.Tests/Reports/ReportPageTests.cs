using System.Xml.Linq;
using Paxi.Bench.Reports;
using Paxi.Bench.Runs;
using Xunit;

namespace Paxi.Bench.Tests.Reports;

/// <summary>Pages of runs of many kinds: each is well-formed, needs nothing else, and says what happened.</summary>
public sealed class ReportPageTests
{
    private static readonly string[] Regions = ["Tokyo", "California", "Ohio", "Virginia", "Ireland"];

    private static RunResult Of(string kind) => kind switch
    {
        "short" => Samples.Run(5.01, 48_000),
        "one-second" => Samples.Run(0.8, 900),
        "hour" => Samples.Run(3_600, 210_000, 4),
        "day" => Samples.Run(40_000, 1_000, 4),
        "regions" => Samples.Run(60, 900, 1.2, Regions).WithOwners(5, 1_000) with { Title = "wpaxos over five regions, locality 70 %" },
        "faults" => Samples.Run(30, 52_000, 1.3, "1", "2", "3").WithFaults(
            new FaultMark(6.2, 9, "SIGKILL 1.1, restarted", 2.4), new FaultMark(8, 10, "slow 1.2 by 20 ms"), new FaultMark(8.4, 8.9, "drop 1.2 to 1.3"),
            new FaultMark(20, null, "partition {1.1} | {1.2, 1.3}")),
        "names" => Samples.Run(12, 30, 140, "us-east-1 (a very long name of a region that nobody would fit)", "東京リージョン", Samples.Hostile) with
        {
            Title = $"A long title {Samples.Hostile} {new string('w', 200)}",
            Invalid = $"replica 1.2 ended by itself, its last lines: {Samples.Hostile}",
            Configuration = Samples.Hostile,
            Arguments = [Samples.Hostile, "--value-size", "16"],
            Host = [new(Samples.Hostile, Samples.Hostile)],
        },
        "nothing" => Samples.Run(3, 0) with { Latencies = Samples.Histogram(), Seconds = [], Invalid = "nothing was done" },
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [Theory]
    [InlineData("short", 4)]
    [InlineData("one-second", 4)]
    [InlineData("hour", 4)]
    [InlineData("day", 4)]
    [InlineData("regions", 6)]
    [InlineData("faults", 6)]
    [InlineData("names", 5)]
    [InlineData("nothing", 0)]
    public void A_page_with_its_pictures(string kind, int charts)
    {
        using var folder = new PageFolder(kind);
        var path = ReportPage.Write(folder.Path, Of(kind));
        var text = File.ReadAllText(path);
        Assert.Equal(charts, text.Split("<svg ").Length - 1);
        Assert.Equal(charts, Directory.GetFiles(Path.Combine(folder.Path, "charts"), "*.png").Length);
        Assert.All(Directory.GetFiles(Path.Combine(folder.Path, "charts")), static file => Assert.True(new FileInfo(file).Length > 2_000));
        Assert.InRange(text.Length, 3_000, 250_000);
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        AssertNamesAreUnique(text);
    }

    [Fact]
    public void What_comes_from_outside_is_shown_and_does_nothing()
    {
        using var folder = new PageFolder("names");
        var text = File.ReadAllText(ReportPage.Write(folder.Path, Of("names")));
        Assert.Contains("&lt;script&gt;alert(&quot;x&quot;)", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.Contains("<title>INVALID: ", text, StringComparison.Ordinal);
        Assert.Contains("This run does not count:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_numbered_and_told()
    {
        using var folder = new PageFolder("faults");
        var text = File.ReadAllText(ReportPage.Write(folder.Path, Of("faults")));
        Assert.Contains(">1 SIGKILL 1.1, restarted<", text, StringComparison.Ordinal);
        Assert.Contains("throughput back after (s)", text, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">2.4</td>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contradiction_is_not_overlooked()
    {
        var run = Samples.Run(5, 100);
        using var folder = new PageFolder("contradiction");
        var text = File.ReadAllText(ReportPage.Write(folder.Path, run with { Report = run.Report with { Linearizable = false, Check = "NOT linearizable, key 7" } }));
        Assert.Contains("Not linearizable:", text, StringComparison.Ordinal);
    }

    /// <summary>As XML, which the page's body is written as, so that an element left open is found.</summary>
    private static void AssertNamesAreUnique(string page)
    {
        var start = page.IndexOf("<body>", StringComparison.Ordinal);
        var body = XDocument.Parse(page[start..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)]);
        var names = body.Descendants().Attributes("id").Select(static attribute => attribute.Value).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(body.Descendants().Attributes("clip-path"), attribute => Assert.Contains(attribute.Value[5..^1], names));
    }
}
