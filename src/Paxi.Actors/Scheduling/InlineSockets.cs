namespace Paxi.Actors.Scheduling;

/// <summary>
/// What ends on a socket is told to Akka.Remote by the thread that waits for the sockets, not by one of the pool, which would only pass it on to the socket's event loop: a wake-up
/// less for each message. The runtime reads the switch when the process first waits for a socket, and only from the environment.
/// </summary>
public static class InlineSockets
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Called at the start of a program whose sockets are Akka.Remote's and Kestrel's, neither of which does work where a socket's operation ends. Elsewhere it may hurt: code that
    /// blocks after awaiting a socket blocks all sockets. What the environment says already, stays.
    /// </summary>
    public static void Prefer()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
        {
            Environment.SetEnvironmentVariable(Switch, "1");
        }
    }
}
