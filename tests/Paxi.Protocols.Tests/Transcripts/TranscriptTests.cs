using Paxi.TestKit.Transcripts;
using Xunit;

namespace Paxi.Protocols.Tests.Transcripts;

/// <summary>Every scenario file beside this one, a test each; <c>PAXI_TRANSCRIPTS=write</c> writes them anew.</summary>
public class TranscriptTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "../../../Transcripts");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.txt", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_scenario_prints_what_is_written(string file)
    {
        var difference = Transcript.Check(Path.Combine(Folder, file), ProtocolList.Find);
        Assert.True(difference is null, difference);
    }
}
