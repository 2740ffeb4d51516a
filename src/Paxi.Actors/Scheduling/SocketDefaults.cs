namespace Paxi.Actors.Scheduling;

/// <summary>
/// What the libraries below Akka.Remote read from the environment, and nowhere else, when the process first waits for a socket.
/// <list type="bullet">
/// <item>What ends on a socket is told by the thread that waits for the sockets, not by one of the pool: a wake-up less for each message.</item>
/// <item>DotNetty, which carries Akka.Remote where TLS is asked for, does not look for buffers that nobody gives back: it takes a stack trace for each hundredth buffer, to name the code
/// that forgot one, and that code is Akka's.</item>
/// </list>
/// </summary>
public static class SocketDefaults
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string LeakDetection = "io.netty.leakDetection.level";

    /// <summary>
    /// Called at the start of a program whose sockets are Akka.Remote's and Kestrel's. Of these Kestrel does no work where a socket's operation ends, and our transport a bounded turn of it
    /// that never waits (<see cref="ThreadTurn"/>). Elsewhere it may hurt: code that blocks after awaiting a socket blocks all sockets. What the environment says already, stays.
    /// </summary>
    public static void Prefer()
    {
        Prefer(InlineCompletions, "1");
        Prefer(LeakDetection, "disabled");
    }

    private static void Prefer(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }
}
