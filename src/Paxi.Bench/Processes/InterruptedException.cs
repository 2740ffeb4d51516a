namespace Paxi.Bench.Processes;

/// <summary>The run was ended by Ctrl-C or SIGTERM. The message is one line that says what is left of it; exit status 130.</summary>
internal sealed class InterruptedException(string message, Exception? cause = null) : OperationCanceledException(message, cause);
