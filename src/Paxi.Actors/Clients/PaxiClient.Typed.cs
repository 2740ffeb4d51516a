using System.Text;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <content>A method for each command. Values are bytes; the overloads with text are UTF-8.</content>
public sealed partial class PaxiClient
{
    /// <summary>The value of a key; null when it is absent.</summary>
    /// <exception cref="PaxiFailedException">It was not read: nothing was sent, or no replica takes it.</exception>
    /// <exception cref="PaxiUnknownOutcomeException">No answer came in time.</exception>
    public async Task<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellation = default) =>
        (await DoAsync(new Get(key), cancellation).ConfigureAwait(false)).Value;

    /// <inheritdoc cref="GetAsync(string, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>?> GetAsync(string key, ReadMode mode, CancellationToken cancellation = default) =>
        (await DoAsync(new Get(key) { Mode = mode }, cancellation).ConfigureAwait(false)).Value;

    /// <summary>The value of a key as text; null when it is absent.</summary>
    /// <inheritdoc cref="GetAsync(string, CancellationToken)"/>
    public async Task<string?> GetStringAsync(string key, CancellationToken cancellation = default) =>
        Text(await GetAsync(key, cancellation).ConfigureAwait(false));

    /// <summary>Writes a value; returns the previous one, null when the key was absent.</summary>
    /// <exception cref="PaxiFailedException">It certainly had no effect and will have none.</exception>
    /// <exception cref="PaxiUnknownOutcomeException">It may have taken effect, may yet, or may never.</exception>
    public async Task<ReadOnlyMemory<byte>?> SetAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation = default) =>
        (await DoAsync(new Set(key, value), cancellation).ConfigureAwait(false)).Value;

    /// <inheritdoc cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<string?> SetAsync(string key, string value, CancellationToken cancellation = default) =>
        Text(await SetAsync(key, Bytes(value), cancellation).ConfigureAwait(false));

    /// <summary>Makes the key absent; returns the previous value, null when it was absent before.</summary>
    /// <inheritdoc cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>?> DeleteAsync(string key, CancellationToken cancellation = default) =>
        (await DoAsync(new Delete(key), cancellation).ConfigureAwait(false)).Value;

    /// <summary>Writes <paramref name="value"/> if the key holds <paramref name="expected"/>, where null means absent.</summary>
    /// <inheritdoc cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<Swap<ReadOnlyMemory<byte>?>> CompareAndSetAsync(
        string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> value, CancellationToken cancellation = default)
    {
        var reply = await DoAsync(new CompareAndSet(key, expected, value), cancellation).ConfigureAwait(false);
        return new(reply.Swapped, reply.Value);
    }

    /// <inheritdoc cref="CompareAndSetAsync(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<Swap<string?>> CompareAndSetAsync(string key, string? expected, string value, CancellationToken cancellation = default)
    {
        var swap = await CompareAndSetAsync(key, Optional(expected), Bytes(value), cancellation).ConfigureAwait(false);
        return new(swap.Swapped, Text(swap.Previous));
    }

    /// <summary>Does all of these in their order at one instant; returns the end of each.</summary>
    /// <inheritdoc cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<IReadOnlyList<Reply>> TransactAsync(IReadOnlyList<KeyCommand> commands, CancellationToken cancellation = default) =>
        (await DoAsync(new Transact(commands), cancellation).ConfigureAwait(false)).Parts!;

    /// <summary>The versions of a key that the store keeps, the oldest first.</summary>
    /// <inheritdoc cref="GetAsync(string, CancellationToken)"/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> HistoryAsync(string key, CancellationToken cancellation = default) =>
        (await DoAsync(new GetHistory(key), cancellation).ConfigureAwait(false)).Versions!;

    /// <summary>A command of the user's own state machine; returns its result.</summary>
    /// <param name="body">In the state machine's own encoding, at least one byte.</param>
    /// <param name="isReadOnly">It changes nothing, so that it may be answered outside the log.</param>
    /// <inheritdoc cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>> InvokeAsync(
        ReadOnlyMemory<byte> body, bool isReadOnly = false, CancellationToken cancellation = default) =>
        (await DoAsync(new Invoke(body, isReadOnly), cancellation).ConfigureAwait(false)).Value!.Value;

    private static byte[] Bytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetBytes(text);
    }

    private static ReadOnlyMemory<byte>? Optional(string? text)
    {
        // Not a conditional: null would become an empty value by the conversion from arrays.
        if (text is null)
        {
            return null;
        }

        return Bytes(text);
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    private async Task<Reply> DoAsync(Command command, CancellationToken cancellation)
    {
        var reply = await SendAsync(command, cancellation).ConfigureAwait(false);
        return reply.Outcome switch
        {
            Outcome.Done => reply,
            Outcome.Failed => throw new PaxiFailedException(reply),
            _ => throw new PaxiUnknownOutcomeException(reply),
        };
    }
}

/// <summary>How a compare-and-set ended.</summary>
/// <param name="Swapped">Whether it wrote.</param>
/// <param name="Previous">What the key held before; null when it was absent.</param>
public readonly record struct Swap<T>(bool Swapped, T Previous);
