using Paxi.Bench.Workloads;

namespace Paxi.Bench.Loads;

/// <summary>How an operation ended, as the client saw it.</summary>
public enum LoadOutcome : byte
{
    /// <summary>Answered; its latency counts.</summary>
    Done,

    /// <summary>It certainly had no effect: an error, not a latency.</summary>
    Failed,

    /// <summary>Nobody knows, for example after a time-out: counted apart, not a latency.</summary>
    Unknown,
}

/// <param name="Value">What a read returned, or what a write found before it wrote if the system says so; null: absent, or not said.</param>
/// <param name="Error">Why it is not done, in one line.</param>
/// <param name="Parts">What the parts of a transaction returned; null when it is none.</param>
public readonly record struct LoadResult(LoadOutcome Outcome, ReadOnlyMemory<byte>? Value, string? Error, ReadOnlyMemory<byte>?[]? Parts = null)
{
    public static LoadResult DoneTransaction(ReadOnlyMemory<byte>?[] parts) => new(LoadOutcome.Done, null, null, parts);

    public static LoadResult Done(ReadOnlyMemory<byte>? value = null) => new(LoadOutcome.Done, value, null);

    public static LoadResult Failed(string error) => new(LoadOutcome.Failed, null, error);

    public static LoadResult Unknown(string error) => new(LoadOutcome.Unknown, null, error);
}

/// <summary>A system under load, as its clients reach it.</summary>
public interface IDriver : IAsyncDisposable
{
    /// <summary>Does one operation; each client has at most one under way. Never throws for an outcome.</summary>
    /// <param name="client">Which of the clients, from 0.</param>
    ValueTask<LoadResult> SendAsync(int client, LoadOperation operation);
}
