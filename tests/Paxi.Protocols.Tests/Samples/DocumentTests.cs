using System.Text.RegularExpressions;
using Xunit;

namespace Paxi.Protocols.Tests.Samples;

/// <summary>What docs/new-protocol.md shows is what is compiled here.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void EveryBlockOfCodeIsInTheSample()
    {
        var root = Root();
        var folder = Path.Combine(root, "tests", "Paxi.Protocols.Tests", "Samples");
        var sources = Directory.GetFiles(folder, "Sequencer*.cs").Select(file => Normalize(File.ReadAllText(file))).ToArray();
        var blocks = CodeBlock().Matches(File.ReadAllText(Path.Combine(root, "docs", "new-protocol.md"))).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(blocks.Length >= 8, $"{blocks.Length} blocks of code");
        Assert.All(blocks, block => Assert.True(sources.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)), $"no sample has\n{block}"));
    }

    [GeneratedRegex("```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    private static string Normalize(string text) => text.ReplaceLineEndings("\n");

    private static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Paxi.Akka.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no Paxi.Akka.sln above {AppContext.BaseDirectory}");
    }
}
