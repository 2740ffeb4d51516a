using System.Globalization;
using Paxi.Bench.Papers;
using Xunit;

namespace Paxi.Bench.Tests.Wan;

/// <summary>The published figures, at reduced length.</summary>
public class PaperTests
{
    public static TheoryData<string> Names => [.. PaperSections.All.Select(static section => section.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryFigureIsWithinTolerance(string name)
    {
        var section = PaperSections.All.Single(section => section.Name == name);
        var rows = section.Run(new PaperScale(IsQuick: true), CancellationToken.None).Rows;
        Assert.NotEmpty(rows);
        Assert.All(rows, static row => Assert.True(row.IsWithin, string.Create(CultureInfo.InvariantCulture,
            $"{row.What} ({row.Source}): expected {row.Expected} {row.Unit} ({row.Relation}), measured {row.Measured}, tolerance {row.Tolerance}")));
    }

    [Theory]
    [InlineData(PaperRelation.Equal, 10, 12.1, false)]
    [InlineData(PaperRelation.Equal, 10, 8, true)]
    [InlineData(PaperRelation.AtMost, 10, 5, true)]
    [InlineData(PaperRelation.AtMost, 10, 12.1, false)]
    [InlineData(PaperRelation.AtLeast, 10, 100, true)]
    [InlineData(PaperRelation.AtLeast, 10, 7.9, false)]
    [InlineData(PaperRelation.Equal, 10, double.NaN, false)]
    [InlineData(PaperRelation.AtMost, 10, double.NaN, false)]
    [InlineData(PaperRelation.AtLeast, 10, double.NaN, false)]
    public void AFigureIsWithinOrNot(PaperRelation relation, double expected, double measured, bool isWithin) =>
        Assert.Equal(isWithin, new PaperRow("", "", "", expected, measured, 2, relation).IsWithin);

    [Fact]
    public void ThePageHasItsChartsAndShowsWhatIsOutside()
    {
        var folder = Directory.CreateTempSubdirectory("paxi-paper-");
        try
        {
            var (chart, other) = (new PaperChart("Latency (ms) over replicas"), new PaperChart("Latency (ms) over the leader's region"));
            PaperRow[] rows =
            [
                new("paper, fig. 1", "two replicas", "ms", 10, 11, 2) { Place = new PaperPlace(chart, "paxos", 2) },
                new("paper, fig. 1", "four replicas, \"far\"", "ms", 20, 29, 2) { Place = new PaperPlace(chart, "paxos", 4) },
                new("paper, fig. 2", "lost", "", 0, 0, 0),
                new("paper, fig. 3", "leader in Ohio", "ms", 20, 21, 2) { Place = new PaperPlace(other, "", 0) { Name = "Ohio" } },
            ];
            var course = new PaperChart("Mean latency (ms) over time (s)") { IsLogarithmic = true };
            var findings = new PaperFindings(rows, new PaperCurve(course, "wpaxos", [(0.5, 1), (1.5, double.NaN), (2.5, 2)]), new PaperCurve(course, "wpaxos", [(0, 1.5), (3, 1.5)], IsExpected: true));
            PaperResult[] results = [new(new PaperSection("part", "A part", (_, _) => findings), findings, 1)];
            PaperPage.Write(folder.FullName, results);
            string[] pictures = [.. Directory.GetFiles(Path.Combine(folder.FullName, "charts")).Select(static file => Path.GetFileName(file)).Order()];
            Assert.Equal(["part-1.png", "part-2.png", "part-3.png"], pictures);
            var page = File.ReadAllText(Path.Combine(folder.FullName, "report.html"));
            Assert.Contains("4 figures, 3 within tolerance", page, StringComparison.Ordinal);
            Assert.Equal(1, page.Split("OUTSIDE").Length - 1);
            var lines = PaperPage.Csv(results).TrimEnd().Split('\n');
            Assert.Equal(5, lines.Length);
            Assert.Equal("part,\"paper, fig. 1\",\"four replicas, \"\"far\"\"\",ms,Equal,20,29,9,2,false", lines[2]);
            var points = PaperPage.CurvesCsv(results).TrimEnd().Split('\n');
            Assert.Equal(6, points.Length);
            Assert.Equal("part,\"Mean latency (ms) over time (s)\",\"wpaxos\",false,1.5,", points[2]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
