namespace Paxi.Bench.Processes;

/// <summary>The run did not come about, or is invalid. The message is what to print; exit status 1.</summary>
internal sealed class BenchException(string message, Exception? cause = null) : Exception(message, cause);
