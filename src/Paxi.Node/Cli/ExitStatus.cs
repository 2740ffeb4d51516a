namespace Paxi.Node.Cli;

/// <summary>What the program returns to the shell.</summary>
internal static class ExitStatus
{
    public const int Good = 0;

    /// <summary>A violation was found, or an operation failed for certain.</summary>
    public const int Failed = 1;

    /// <summary>A wrong argument or configuration; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Nobody can tell: a time-out, or a limit was reached first.</summary>
    public const int Undecided = 3;

    /// <summary>Ended by Ctrl-C: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
