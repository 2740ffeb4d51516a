using Paxi.Node.Cli.Shell;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>Keys in, lines out. In a script of keys, <c>‹name›</c> is a key and everything else is typed.</summary>
public sealed class LineEditorTests : IDisposable
{
    private static readonly string[] Verbs = ["consensus", "crash"];

    private readonly string _directory = Directory.CreateTempSubdirectory("paxi-editor").FullName;
    private readonly StringWriter _output = new();
    private readonly ShellHistory _history;

    public LineEditorTests()
    {
        _history = ShellHistory.Load(Path.Combine(_directory, "paxi", "history"));
        _history.Add("first");
        _history.Add("second");
    }

    private string? Read(string script, int width = 40) => new LineEditor(
        _output, new Script(script), () => width, _history, (line, cursor) => new Completions(0, [.. Verbs.Where(word => word.StartsWith(line[..cursor], StringComparison.Ordinal))]))
        .Read("> ", "> ");

    [Theory]
    [InlineData("hello‹Enter›", "hello")]
    [InlineData("helo‹LeftArrow›l‹Enter›", "hello")]
    [InlineData("ello‹Home›h‹End›!‹Enter›", "hello!")]
    [InlineData("ello‹^A›h‹^E›!‹Enter›", "hello!")]
    [InlineData("hellp‹Backspace›o‹Enter›", "hello")]
    [InlineData("xhello‹Home›‹Delete›‹Enter›", "hello")]
    [InlineData("one two‹^W›three‹Enter›", "one three")]
    [InlineData("one two‹^U›three‹Enter›", "three")]
    [InlineData("one two‹Home›‹^K›three‹Enter›", "three")]
    [InlineData("one two‹!LeftArrow›‹!LeftArrow›zero ‹Enter›", "zero one two")]
    [InlineData("one two‹Home›‹!RightArrow›,‹Enter›", "one, two")]
    [InlineData("👩‍🚀é‹LeftArrow›‹Backspace›x‹Enter›", "xé")]
    [InlineData("‹Backspace›‹LeftArrow›‹Delete›a‹RightArrow›‹Enter›", "a")]
    [InlineData("‹UpArrow›‹Enter›", "second")]
    [InlineData("‹UpArrow›‹UpArrow›‹UpArrow›‹Enter›", "first")]
    [InlineData("draft‹UpArrow›‹DownArrow›‹Enter›", "draft")]
    [InlineData("‹UpArrow›‹UpArrow›‹DownArrow›s‹Enter›", "seconds")]
    [InlineData("rubbish‹^C›good‹Enter›", "good")]
    [InlineData("cr‹Tab›1.1‹Enter›", "crash 1.1")]
    [InlineData("c‹Tab›‹Tab›o‹Tab›‹Enter›", "consensus ")]
    [InlineData("x‹Tab›‹Enter›", "x")]
    [InlineData("ab‹LeftArrow›‹^D›‹Enter›", "a")]
    public void Keys(string script, string line) => Assert.Equal(line, Read(script));

    [Fact]
    public void ControlDOnAnEmptyLineIsTheEnd() => Assert.Null(Read("‹^D›"));

    [Fact]
    public void TabTwiceLists()
    {
        Read("c‹Tab›‹Enter›");
        Assert.Contains("consensus  crash\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ALongLineStaysInOneRow()
    {
        Read(new string('x', 100) + "‹Home›‹End›‹Enter›", width: 20);
        var rows = System.Text.RegularExpressions.Regex.Replace(_output.ToString(), "\u001b\\[[0-9;]*[A-Za-z]", "").Split('\r', '\n');
        Assert.All(rows, row => Assert.True(row.Length <= 20, row));
    }

    [Fact]
    public void TheHistoryIsKeptForItsOwnerOnly()
    {
        _history.Add("second");
        _history.Save();
        var file = Path.Combine(_directory, "paxi", "history");
        Assert.Equal(["first", "second"], ShellHistory.Load(file).Lines);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void TheHistoryIsBounded()
    {
        for (var index = 0; index < ShellHistory.MaxLines + 5; index++)
        {
            _history.Add($"line {index}");
        }

        Assert.Equal(ShellHistory.MaxLines, _history.Lines.Count);
        Assert.Equal("line 5", _history.Lines[0]);
    }

    public void Dispose()
    {
        _output.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary><c>^X</c> is with Ctrl, <c>!X</c> with Alt.</summary>
    private sealed class Script(string script) : IKeys
    {
        private int _place;

        public ConsoleKeyInfo Read()
        {
            var character = script[_place++];
            if (character != '‹')
            {
                return new ConsoleKeyInfo(character, ConsoleKey.None, false, false, false);
            }

            var end = script.IndexOf('›', _place);
            var name = script[_place..end];
            _place = end + 1;
            var (control, alt) = (name[0] == '^', name[0] == '!');
            return new ConsoleKeyInfo('\0', Enum.Parse<ConsoleKey>(name.TrimStart('^', '!')), false, alt, control);
        }
    }
}
