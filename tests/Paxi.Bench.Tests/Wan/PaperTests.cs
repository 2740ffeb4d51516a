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
        var rows = section.Run(new PaperScale(IsQuick: true), CancellationToken.None);
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
}
