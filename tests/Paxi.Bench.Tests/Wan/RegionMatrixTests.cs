using Paxi.Bench.Papers;
using Paxi.Bench.Wan;
using Xunit;

namespace Paxi.Bench.Tests.Wan;

public class RegionMatrixTests
{
    /// <summary>The literal check values are what the matrix and the quorums give.</summary>
    [Fact]
    public void CheckValuesFollowFromTheCompositeMatrix()
    {
        double[][] phase2 = [[0, 0, 0, 0, 0], [115, 49, 11, 11, 80], [156, 60, 49, 60, 84]];
        double[][] phase1 = [[218, 137, 156, 156, 218], [156, 115, 84, 80, 137]];
        Assert.Equal(phase2, QuorumLatencies.Phase2);
        Assert.Equal(phase1, QuorumLatencies.Phase1);
    }

    [Fact]
    public void CsvAndHoconGiveTheSameMatrix()
    {
        var csv = RegionMatrix.FromCsv("x.csv", "# round trips\n,A,B,C\nA,0,10,20.5\nB,10,0,30\nC,20.5,30,0\n");
        var hocon = RegionMatrix.FromHocon("x.hocon", "regions = [A, B, C]\nrtt {\n  A { B = 10, C = 20.5 }\n  C { B = 30 }\n}");
        Assert.Equal(["A", "B", "C"], csv.Regions);
        Assert.Equal(csv.Regions, hocon.Regions);
        for (var from = 0; from < 3; from++)
        {
            for (var to = 0; to < 3; to++)
            {
                Assert.Equal(csv[from, to], hocon[from, to]);
            }
        }

        Assert.Equal(20.5, csv[2, 0]);
    }

    [Theory]
    [InlineData(",A,B\nA,0,10\nB,11,0", "A to B is 10 ms")]
    [InlineData(",A,B\nA,0,10", "2 regions in the first line and 1 lines after it")]
    [InlineData(",A,B\nA,0,x\nB,1,0", "'x' is no round trip")]
    [InlineData(",A,B\nA,1,10\nB,10,0", "A to A is 1 ms")]
    [InlineData(",A,A\nA,0,10\nA,10,0", "each with a name of its own")]
    [InlineData("", "it has no lines")]
    public void BadCsvIsOneLine(string text, string expected)
    {
        var fault = Assert.Throws<ArgumentException>(() => RegionMatrix.FromCsv("x.csv", text));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void AMissingPairIsNamed()
    {
        var fault = Assert.Throws<ArgumentException>(() => RegionMatrix.FromHocon("x.hocon", "regions = [A, B, C]\nrtt.A.B = 10\nrtt.A.C = 5"));
        Assert.Contains("rtt.B.C is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownMatrixOrRegionIsNamed()
    {
        Assert.Contains("composite, ppm", Assert.Throws<ArgumentException>(() => RegionMatrix.Find("no-such")).Message, StringComparison.Ordinal);
        Assert.Contains("T, C, O, V, I", Assert.Throws<ArgumentException>(() => RegionMatrix.Composite.Take("C", "X")).Message, StringComparison.Ordinal);
    }
}
