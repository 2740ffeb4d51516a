using Akka.Actor;
using Akka.Event;

namespace Paxi.TestKit.World;

/// <summary>An error that an actor system logged: mostly an exception that an actor did not handle.</summary>
/// <param name="At">The true virtual time.</param>
/// <param name="System">The name of the system.</param>
/// <param name="Source">The log source, an actor's path mostly.</param>
/// <param name="Message">The text of the log event.</param>
/// <param name="Cause">The exception, when there is one.</param>
public sealed record WorldFailure(TimeSpan At, string System, string Source, string Message, Exception? Cause)
{
    public override string ToString()
    {
        if (Cause is null)
        {
            return $"{At} {System} {Source}: {Message}";
        }

        // What Akka throws when an actor cannot be made says nothing of why.
        var root = Cause.GetBaseException();
        return $"{At} {System} {Source}: {Message}: {root.GetType().Name}: {root.Message}{Where(root)}";
    }

    /// <summary>The first line of the stack that is not of the framework: where to look.</summary>
    private static string Where(Exception root)
    {
        foreach (var line in (root.StackTrace ?? "").Split('\n'))
        {
            if (line.Contains("Paxi.", StringComparison.Ordinal))
            {
                return $" ({line.Trim()})";
            }
        }

        return "";
    }
}

/// <summary>Errors were logged while the world ran.</summary>
public sealed class WorldFailedException : Exception
{
    public WorldFailedException(IReadOnlyList<WorldFailure> failures)
        : base($"{failures.Count} errors in the world, the first: {failures[0]}", failures[0].Cause) =>
        Failures = failures;

    public WorldFailedException()
        : this([])
    {
    }

    public WorldFailedException(string message)
        : base(message)
    {
    }

    public WorldFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public IReadOnlyList<WorldFailure> Failures { get; } = [];
}

/// <summary>Listens to a system's event stream for errors and hands them to the world at once, without a mailbox.</summary>
internal sealed class FailureListener(SimulatedSystem host) : MinimalActorRef
{
    public override ActorPath Path { get; } =
        new RootActorPath(new Address("akka", host.Name)) / "simulation" / "failures";

    public override IActorRefProvider Provider =>
        ((ExtendedActorSystem)host.ActorSystem).Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Error error)
        {
            host.World.AddFailure(new WorldFailure(
                host.World.Now, host.Name, error.LogSource, error.Message?.ToString() ?? string.Empty, error.Cause));
        }
    }
}
