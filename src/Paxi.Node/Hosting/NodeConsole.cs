namespace Paxi.Node.Hosting;

/// <summary>Where a node says what a person needs to know: plain lines. Thread-safe.</summary>
public abstract class NodeConsole
{
    /// <summary>News, on standard output.</summary>
    public abstract void Line(string text);

    /// <summary>The news that was waited for. A terminal may show it so.</summary>
    public virtual void Highlight(string text) => Line(text);

    /// <summary>A line to type.</summary>
    public virtual void Example(string text) => Line(text);

    /// <summary>What went wrong, on standard error.</summary>
    public abstract void Error(string text);

    /// <summary>Standard output and standard error of this process.</summary>
    public static NodeConsole OfProcess() => new StandardConsole();

    private sealed class StandardConsole : NodeConsole
    {
        public override void Line(string text) => Console.Out.WriteLine(text);

        public override void Error(string text) => Console.Error.WriteLine(text);
    }
}
