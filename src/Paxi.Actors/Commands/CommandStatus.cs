namespace Paxi.Actors.Commands;

/// <summary>How one command of a batch ended when it was executed.</summary>
public enum CommandStatus : byte
{
    /// <summary>Took effect (exactly once); the result follows.</summary>
    Done = 0,

    /// <summary>
    /// The session was forgotten, so whether an earlier copy took effect is unknown; this copy did not. The result is the smallest session
    /// id that may be opened now (u64).
    /// </summary>
    SessionExpired = 1,

    /// <summary>
    /// The sequence number is below the session's lowest outstanding one: a late copy of an answered command; it did not take effect again.
    /// </summary>
    AlreadyAnswered = 2,

    /// <summary>The state machine cannot read the command, or a limit is exceeded; no effect. The result is the reason, UTF-8.</summary>
    Invalid = 3,

    /// <summary>
    /// An earlier copy took effect, exactly once, and its result is not kept any more: results waiting for a client are bounded in bytes.
    /// The result is empty. A client says so and reports <see cref="Clients.Outcome.Unknown"/>: whether a compare-and-set wrote, for
    /// example, cannot be told.
    /// </summary>
    ResultDropped = 4,
}
