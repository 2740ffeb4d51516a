using System.Text;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Spectre.Console;

namespace Paxi.Node.Cli;

/// <summary>What a verb may touch of the world besides the cluster: its output, its input, whether a person is looking.</summary>
internal sealed class CliContext
{
    /// <summary>Narrower than this no table fits; wider than a piped line needs.</summary>
    private const int PipedWidth = 160;

    private readonly Func<int> _width;

    private CliContext(CliContext outer)
    {
        (Bytes, Out, Error, Input, Terminal, Console, _width) =
            (outer.Bytes, outer.Out, outer.Error, Stream.Null, outer.Terminal, outer.Console, outer._width);
        InShell = true;
    }

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="terminal">Whether standard output is a terminal that a person looks at.</param>
    /// <param name="width">The terminal's width in cells, asked anew each time since people resize windows; ignored when there is none.</param>
    public CliContext(Stream output, TextWriter error, Stream input, bool terminal, Func<int> width)
    {
        Bytes = output;
        Out = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        Error = error;
        Input = input;
        Terminal = terminal;
        _width = terminal ? () => Math.Max(40, width()) : static () => PipedWidth;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "" ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new ContextOutput(Out, _width, terminal),
        });
    }

    /// <summary>Standard output as bytes, for values that are no text. The text before it is flushed.</summary>
    public Stream Bytes { get; }

    /// <summary>Standard output; every write is flushed.</summary>
    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public Stream Input { get; }

    public bool Terminal { get; }

    /// <summary>Whether verbs are typed at the shell's prompt: then they stand without <c>paxi</c>, and there is no standard input.</summary>
    public bool InShell { get; }

    public int Width => _width();

    /// <summary>Spectre over <see cref="Out"/>: colours and boxes on a terminal only.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Where the verbs find the cluster. The shell replaces it by one that keeps its connections.</summary>
    public required Func<string?, IClusterAccess> OpenCluster { get; init; }

    /// <summary>The same, for the verbs that run inside the shell.</summary>
    public CliContext ForShell(Func<string?, IClusterAccess> openCluster) => new(this) { OpenCluster = openCluster };

    /// <summary>How a verb is called here: <c>paxi put</c>, or <c>put</c> in the shell.</summary>
    public string NameOf(string verb) => InShell ? verb : $"paxi {verb}";

    public static CliContext OfProcess() => new(
        System.Console.OpenStandardOutput(), System.Console.Error, System.Console.OpenStandardInput(),
        !System.Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb", ConsoleWidth)
    {
        OpenCluster = static config => new ClusterAccess(PaxiSettings.Load(config, SettingsOverrides.None)),
    };

    private static int ConsoleWidth()
    {
        try
        {
            return System.Console.WindowWidth;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    /// <summary>Spectre asks the console for its width, which is not where we write in tests and pipes.</summary>
    private sealed class ContextOutput(TextWriter writer, Func<int> width, bool terminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = writer;

        public bool IsTerminal { get; } = terminal;

        public int Width => width();

        public int Height => 25;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
