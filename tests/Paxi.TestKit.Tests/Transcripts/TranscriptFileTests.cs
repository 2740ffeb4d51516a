using Paxi.TestKit.Tests.Simulation;
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

    [Theory]
    [InlineData("put k", "write 'put KEY VALUE', 'get KEY'")]
    [InlineData("transact put x 1 ;", "write 'put KEY VALUE', 'get KEY'")]
    [InlineData("get k mode=soon", "'mode=soon' is neither via=ZONE.NODE nor mode=log|leader|quorum|any")]
    [InlineData("get k from=1.1", "'from=1.1' is neither via=ZONE.NODE nor mode=")]
    [InlineData("join", "write 'join ZONE'")]
    [InlineData("join 2", "no zone 2 is spare; write 'spare=1' at 'start'")]
    [InlineData("leave 7", "there is no zone 7")]
    [InlineData("dance", "'dance' is no command; there are start, put, get, delete, cas, transact, deliver")]
    public void A_command_that_is_not_understood_says_what_was_expected(string command, string expected)
    {
        var fault = Assert.Throws<TranscriptException>(
            () => Transcript.Run($"hide Beat\n----\n\nstart copy zones=1 nodes=2\n----\n\n{command}\n----\n", _ => new PrimaryCopy()));
        Assert.StartsWith($"line 7: {expected}", fault.Message, StringComparison.Ordinal);
    }
}
