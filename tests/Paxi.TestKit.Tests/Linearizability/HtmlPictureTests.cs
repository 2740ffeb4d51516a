using System.Globalization;
using System.Xml.Linq;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;
using static Paxi.TestKit.Tests.Linearizability.HistoryBuilder;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>The picture is well formed, complete, and nothing in it lies over anything else.</summary>
public class HtmlPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void It_shows_the_fragment_its_neighbours_and_the_faults()
    {
        Operation[] history =
        [
            Set(1, "k", "old", 0, 10), Set(2, "k", "new", 20, 30), Get(3, "k", "old", 40, 50), Get(4, "k", "new", 35, 60), Set(5, "k", "lost", 22, null),
        ];
        string html = Draw(history, [new FaultInterval("partition {1.1} | {1.2}", 15, 45), new FaultInterval("long past", -100, -50)], out XElement svg);
        Assert.Equal(5, svg.Elements(Svg + "g").Count(g => !Class(g).Contains("fault", StringComparison.Ordinal)));
        Assert.Equal("read wrong", Class(Assert.Single(svg.Elements(Svg + "g"), g => Class(g).Contains("wrong", StringComparison.Ordinal))));
        Assert.Single(svg.Elements(Svg + "g"), g => Class(g) == "write pale open");
        Assert.Contains("partition {1.1}", Assert.Single(svg.Elements(Svg + "g"), g => Class(g) == "fault").Value, StringComparison.Ordinal);
        Assert.Contains("client 3: get k → &quot;old&quot;", html, StringComparison.Ordinal);
        Assert.Contains("overwritten before the read began", html, StringComparison.Ordinal);
    }

    [Fact]
    public void It_needs_no_network_and_follows_the_readers_scheme()
    {
        string html = Draw([Get(1, "k", "ghost", 0, 10)], [], out _);
        string others = html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http", others, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", others, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", others, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_keys_and_values_hold_is_text()
    {
        const string evil = "</title></svg><script>alert(1)</script>&\"'\u0001\n\u202e\ud800";
        string html = Draw([Set(1, evil, "a", 0, 10), Get(2, evil, evil, 20, 30)], [new FaultInterval(evil, 0, null)], out _);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0001', html);
        Assert.DoesNotContain('\u202e', html);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Neither_bars_nor_labels_overlap(int seed)
    {
        int drawn = 0;
        for (int round = 0; round < 100; round++)
        {
            var random = new Random((seed * 1000) + round);
            var shape = new RandomShape
            {
                Operations = random.Next(5, 120),
                Clients = random.Next(1, 9),
                Keys = random.Next(1, 3),
                Values = random.Next(2) * 4,
                Unknown = 0.1,
                Cas = 0.2,
                Transactions = random.Next(2) * 0.1,
                Corrupt = 0.2,
                Length = random.Next(2, 2000),
            };
            List<Operation> operations = new RandomHistory(random, shape).Make();
            CheckReport report = LinearizabilityChecker.Check(new History(operations));
            if (report.Verdict != Verdict.No)
            {
                continue;
            }

            drawn++;
            FaultInterval[] faults = [.. Enumerable.Range(0, 5).Select(number => new FaultInterval(new string('f', random.Next(1, 60)), random.Next(1000), number == 0 ? null : random.Next(1000, 3000)))];
            Draw(report, faults, out XElement svg);
            AssertApart(svg, $"seed {(seed * 1000) + round}");
        }

        Assert.True(drawn > 20);
    }

    [Fact]
    public void Bars_keep_the_order_of_their_times()
    {
        var scale = new PictureScale([0, 1, 5, 1_000_000_000, 1_000_000_001], [(1, 5, 300)], 10, 500);
        double[] places = [.. new long[] { -5, 0, 1, 3, 5, 500, 1_000_000_000, 1_000_000_001, long.MaxValue }.Select(scale.At)];
        Assert.Equal(places.Order(), places);
        Assert.True(scale.At(5) - scale.At(1) >= 299);
        Assert.True(scale.Right - scale.Left >= 499);
        Assert.Equal(scale.Left, new PictureScale([7], [], 10, 500).At(7));
    }

    private static string Draw(Operation[] history, FaultInterval[] faults, out XElement svg)
    {
        CheckReport report = LinearizabilityChecker.Check(new History(history));
        Assert.Equal(Verdict.No, report.Verdict);
        return Draw(report, faults, out svg);
    }

    private static string Draw(CheckReport report, FaultInterval[] faults, out XElement svg)
    {
        var writer = new StringWriter();
        HtmlPicture.Write(writer, report, faults);
        string html = writer.ToString();
        int start = html.IndexOf("<svg", StringComparison.Ordinal);
        svg = XElement.Parse(html[start..(html.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        return html;
    }

    private static void AssertApart(XElement svg, string what)
    {
        double width = Number(svg, "width");
        var things = new List<(double Top, double Left, double Right, string Text)>();
        foreach (XElement group in svg.Elements(Svg + "g"))
        {
            XElement bar = group.Element(Svg + "rect")!;
            double left = Number(bar, "x"), right = left + Number(bar, "width");
            double top = Number(bar, "y");
            things.Add((top, left, right, group.Value));
            if (group.Element(Svg + "text") is { } label)
            {
                double labelLeft = Number(label, "x"), labelRight = labelLeft + PictureText.Width(label.Value);
                bool isBeside = Class(label).Contains("beside", StringComparison.Ordinal);
                Assert.True(isBeside ? labelRight <= width : labelRight <= right + 1, $"{what}: '{label.Value}' is wider than its place: {labelLeft} {labelRight} {right} {width} {isBeside}");
                if (isBeside)
                {
                    things.Add((top, right + 0.5, labelRight, label.Value));
                }
            }
        }

        foreach (var row in things.GroupBy(static thing => thing.Top))
        {
            var inRow = row.OrderBy(static thing => thing.Left).ToList();
            for (int index = 1; index < inRow.Count; index++)
            {
                Assert.True(inRow[index - 1].Right <= inRow[index].Left + 0.2, $"{what}: '{inRow[index - 1].Text}' lies over '{inRow[index].Text}'");
            }
        }
    }

    private static string Class(XElement element) => (string?)element.Attribute("class") ?? "";

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
