using System.Collections.Immutable;
using System.Text;
using Paxi.Actors;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>Lists of versions are written as words: <c>9: a b c</c> is slot 9 with three versions; <c>?</c> is a slot that moved.</summary>
public sealed class VersionComparisonTests
{
    private static ImmutableArray<ComparedVersions> Compare(params string[] replicas) => VersionComparison.Compare(
        [.. replicas.Select((text, index) => new ReplicaVersions(
            new ReplicaId(1, (ushort)(index + 1)),
            [.. text[(text.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(word)))],
            text.StartsWith('?') ? null : long.Parse(text[..text.IndexOf(':')], System.Globalization.CultureInfo.InvariantCulture)))]);

    [Theory]
    [InlineData("Equal", "5: a b", "5: a b", "5: a b")]
    [InlineData("Equal", "5: a b", "4: a b")]
    [InlineData("Equal", "5:", "5:")]
    [InlineData("Prefix", "5: a b c", "4: a b")]
    [InlineData("Prefix", "5: a b c", "4:")]
    [InlineData("Prefix", "5: b c d", "4: a b c")]
    [InlineData("Prefix", "5: d e", "4: a b c d")]
    [InlineData("Prefix", "5: a a a", "?: a a")]
    [InlineData("Conflict", "5: a b", "5: a c")]
    [InlineData("Conflict", "5: a b", "5: a")]
    [InlineData("Conflict", "5: a b", "5:")]
    [InlineData("Conflict", "9: a b c", "5: a b", "5: a x")]
    [InlineData("Unknown", "5: a b", "4: a c")]
    [InlineData("Unknown", "5: a b", "?: a c")]
    [InlineData("Unknown", "?: a b", "?: a c")]
    [InlineData("Unknown", "5: a b", "4: a b c")]
    [InlineData("Unknown", "5: z", "4: a b")]
    [InlineData("Unknown", "5: a")]
    [InlineData("Unknown")]
    public void Verdict(string expected, params string[] replicas) =>
        Assert.Equal(expected, VersionComparison.Verdict(Compare(replicas)).ToString());

    [Theory]
    [InlineData(1, "5: b c d", "4: a b c")]
    [InlineData(2, "5: a b c d", "4: a b")]
    [InlineData(3, "5: a b c", "4:")]
    [InlineData(1, "5: d e", "4: a b c d")]
    public void HowFarBehind(int versions, string ahead, string behind) => Assert.Equal(versions, Compare(ahead, behind)[1].Behind);

    [Fact]
    public void AConflictNamesTheOtherAndThePlace()
    {
        var one = Compare("5: a b c", "5: a x c")[1];
        Assert.Equal((new ReplicaId(1, 1), 2), (one.DiffersFrom, one.DiffersAt));
    }
}
