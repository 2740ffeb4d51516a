namespace Paxi.Bench.Cli;

/// <summary>An argument is wrong. The message is one line: the argument, what it may be, what it was.</summary>
internal sealed class UsageException(string message) : Exception(message);
