using Paxi.TestKit.Transcripts;
using Xunit;

namespace Paxi.TestKit.Tests.Transcripts;

public class TranscriptFileTests
{
    [Fact]
    public void A_file_that_is_read_and_written_is_the_same()
    {
        const string text = "# Title\n\nfirst command\n----\nits output\n  more\n\n# prose\n\nsecond\n----\n\n# the end\n";
        var file = TranscriptFile.Parse(text);
        Assert.Equal(["first command", "second"], file.Steps.Select(step => step.Command));
        Assert.Equal("its output\n  more\n", file.Steps[0].Output);
        Assert.Equal(3, file.Steps[0].Line);
        Assert.Equal(text, file.ToString());
    }

    [Theory]
    [InlineData("start paxos\nput k v\n----\n", "line 1: 'start paxos' must be followed by a line ----")]
    [InlineData("# only this\nput k v", "line 2: 'put k v' must be followed by a line ----")]
    [InlineData("put k v\n----\n", "line 1: 'put' before 'start ALGORITHM")]
    [InlineData("start none\n----\n", "line 1: algorithm = none is unknown")]
    public void What_is_malformed_is_named_with_its_line(string text, string expected)
    {
        var fault = Assert.Throws<TranscriptException>(
            () => Transcript.Run(text, name => throw new ArgumentException($"algorithm = {name} is unknown")));
        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }
}
