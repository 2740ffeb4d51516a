namespace Paxi.Bench.Cli;

/// <summary>What the program returns to the shell.</summary>
internal static class ExitStatus
{
    public const int Good = 0;

    /// <summary>A violation was found, or the run is invalid.</summary>
    public const int Failed = 1;

    /// <summary>A wrong argument or configuration; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The checker reached a limit.</summary>
    public const int Undecided = 3;

    /// <summary>Ended by Ctrl-C: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;
}
