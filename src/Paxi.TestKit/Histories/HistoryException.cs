namespace Paxi.TestKit.Histories;

/// <summary>A history that cannot be judged: malformed text, or operations that no clients can have done.</summary>
public sealed class HistoryException : Exception
{
    /// <summary>An error at a line, counted from 1; 0 for a history that came from no file.</summary>
    public HistoryException(int line, string problem)
        : base(line > 0 ? $"line {line}: {problem}" : problem) => Line = line;

    /// <summary>The line of the file, counted from 1, or 0.</summary>
    public int Line { get; }
}
