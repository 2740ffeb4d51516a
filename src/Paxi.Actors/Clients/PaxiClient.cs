using System.Security.Cryptography;
using Akka.Actor;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Clients;

/// <summary>
/// The typed client over the client actor. Thread-safe; one serves a whole process. <see cref="SendAsync(Command, CancellationToken)"/>
/// returns how a command ended; the other methods return what it brought, and throw <see cref="PaxiFailedException"/> or
/// <see cref="PaxiUnknownOutcomeException"/> when it is not done.
/// </summary>
public sealed partial class PaxiClient : IAsyncDisposable
{
    /// <summary>What <see cref="Connect"/> calls its actor system.</summary>
    public const string SystemName = "paxi-client";

    private static readonly Action<object?> Cancel = static state =>
    {
        var (actor, command) = ((IActorRef, PendingCommand))state!;
        actor.Tell(new ClientActor.CancelCommand(command), ActorRefs.NoSender);
    };

    private readonly ClientIntake _intake;
    private readonly ActorSystem? _ownSystem;

    /// <param name="client">A <see cref="ClientActor"/> of this process, of whatever kind its actor system is: real or simulated.</param>
    /// <exception cref="ArgumentException">The actor is of another process.</exception>
    public PaxiClient(IActorRef client)
        : this(client, isLive: false, null)
    {
    }

    /// <param name="client">The client actor.</param>
    /// <param name="isLive">The system surely runs on the thread pool, so that wake-ups may go through its queue.</param>
    /// <param name="ownSystem">Ends with this client.</param>
    private PaxiClient(IActorRef client, bool isLive, ActorSystem? ownSystem)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client is IActorRefScope { IsLocal: false })
        {
            throw new ArgumentException($"the client actor must be of this process, which {client} is not", nameof(client));
        }

        Actor = client;
        _intake = new ClientIntake(client, yields: isLive);
        _ownSystem = ownSystem;
        _ = CloseWithActorAsync();
    }

    /// <summary>The client actor, for the Ask pattern: <c>Ask&lt;Reply&gt;(new Get("k"))</c>.</summary>
    public IActorRef Actor { get; }

    /// <summary>Starts a client actor in an actor system that exists and is no simulated one.</summary>
    /// <param name="system">With the reference configuration behind its own, see <see cref="Reference"/>.</param>
    /// <param name="settings">Whom to ask and how long.</param>
    /// <param name="transport">To the replicas.</param>
    /// <param name="name">Of the actor, unique in the system.</param>
    public static PaxiClient Start(ActorSystem system, ClientSettings settings, IClientTransport transport, string name = "paxi-client") =>
        new(StartActor(system, settings, transport, name), isLive: true, null);

    /// <summary>
    /// For a process that holds no replica: starts an actor system with Akka.Remote and a client in it. Disposing of the client ends the
    /// system. Nothing is connected until the first command.
    /// </summary>
    /// <param name="settings">Where the replicas are; from the same file as theirs.</param>
    /// <param name="first">Whom to ask first; null for the first replica of the configuration.</param>
    /// <param name="host">An address of this machine that the replicas can reach; null finds the one that leads to the first replica.</param>
    /// <exception cref="ConfigurationException">An option is out of range, or there is no such replica.</exception>
    public static PaxiClient Connect(PaxiSettings settings, ReplicaId? first = null, string? host = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var nearest = settings.Find(first ?? settings.Ids[0]);
        ClientSettings own;
        try
        {
            own = ClientSettings.Create(settings.Section, [nearest.Id, .. settings.Ids.Where(id => id != nearest.Id)]);
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationException($"{fault.Message} ({settings.Source})", fault);
        }

        var system = ActorSystem.Create(SystemName, SystemConfiguration.Client(settings, host ?? LocalHost.Towards(nearest)));
        return new PaxiClient(StartActor(system, own, new AkkaTransport(system, settings), "client"), isLive: true, system);
    }

    /// <summary>Sends the command; the reply tells done, failed and unknown apart. Never throws for an outcome.</summary>
    /// <remarks>
    /// Cancelling stops the waiting. A command that was not sent yet is dropped and has failed; of any other the outcome is unknown, and it
    /// may yet take effect.
    /// </remarks>
    public Task<Reply> SendAsync(Command command, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromResult(Replies.Failed(Replies.CancelledUnsent));
        }

        PendingCommand pending;
        var completion = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            pending = PendingCommand.Of(command, completion);
        }
        catch (InvalidCommandException fault)
        {
            return Task.FromResult(Replies.Failed(fault.Message));
        }

        _intake.Add(pending);
        return cancellation.CanBeCanceled ? WithCancellationAsync(pending, completion.Task, cancellation) : completion.Task;
    }

    /// <inheritdoc cref="SendAsync(Command, CancellationToken)"/>
    public Task<Reply> SendAsync(Command command, ReadMode mode, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return SendAsync(command with { Mode = mode }, cancellation);
    }

    /// <summary>Ends the actor system that <see cref="Connect"/> started; a client actor that somebody else started lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ownSystem is not null)
        {
            await _ownSystem.Terminate().ConfigureAwait(false);
        }
    }

    private static IActorRef StartActor(ActorSystem system, ClientSettings settings, IClientTransport transport, string name)
    {
        var random = new SeededRandom(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        return system.ActorOf(ClientActor.Props(settings, transport, random).WithDispatcher(Dispatchers.Client), name);
    }

    private async Task<Reply> WithCancellationAsync(PendingCommand pending, Task<Reply> reply, CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(Cancel, (Actor, pending));
        return await reply.ConfigureAwait(false);
    }

    /// <summary>What the actor did not take before it stopped would wait for ever.</summary>
    private async Task CloseWithActorAsync()
    {
        await Actor.WatchAsync().ConfigureAwait(false);
        _intake.Close();
    }
}
