namespace Paxi.Node.Hosting;

/// <summary>Where a node says what a person needs to know: plain lines. Thread-safe.</summary>
public abstract class NodeConsole
{
    /// <summary>News, on standard output.</summary>
    public abstract void Line(string text);

    /// <summary>What went wrong, on standard error.</summary>
    public abstract void Error(string text);
}
