using Akka.Actor;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <summary>The typed client over the client actor. Thread-safe; one serves a whole process.</summary>
public sealed class PaxiClient(IActorRef client)
{
    /// <summary>The client actor, for the Ask pattern: <c>Ask&lt;Reply&gt;(new Get("k"))</c>.</summary>
    public IActorRef Actor { get; } = client;

    /// <summary>Sends the command; the reply tells done, failed and unknown apart. Never throws for an outcome.</summary>
    /// <remarks>Cancelling stops the waiting, not the command: the outcome is then unknown.</remarks>
    public Task<Reply> SendAsync(Command command, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <inheritdoc cref="SendAsync(Command, CancellationToken)"/>
    public Task<Reply> SendAsync(Command command, ReadMode mode, CancellationToken cancellation = default) =>
        SendAsync(command with { Mode = mode }, cancellation);
}
