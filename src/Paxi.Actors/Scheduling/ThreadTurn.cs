using Akka.Dispatch;

namespace Paxi.Actors.Scheduling;

/// <summary>
/// Work that a thread of the remoting does itself, instead of waking another thread for it. What that work brings forth meanwhile lies in a queue of the thread until the
/// first piece is done, so nothing nests. A turn has an end: the rest goes to the thread pool, and the thread goes back to its sockets.
/// </summary>
internal static class ThreadTurn
{
    /// <summary>Pieces of work in a turn: a message from a socket through the roles and on to other sockets makes about ten.</summary>
    public const int Longest = 64;

    /// <summary>What DotNetty calls the threads that wait for sockets.</summary>
    private const string SocketThread = "SingleThreadEventExecutor";

    [ThreadStatic]
    private static Queue<IRunnable>? t_queue;

    [ThreadStatic]
    private static bool t_isRunning;

    [ThreadStatic]
    private static bool? t_isSocketThread;

    /// <summary>Whether the present thread waits for sockets when it has nothing else to do; only such a one takes turns.</summary>
    public static bool IsPossible =>
        t_isSocketThread ??= Thread.CurrentThread.Name?.StartsWith(SocketThread, StringComparison.Ordinal) ?? false;

    /// <summary>Does the work now, or as soon as the thread has done what it does now. To be called where <see cref="IsPossible"/>.</summary>
    public static void Run(IRunnable work)
    {
        var queue = t_queue ??= new Queue<IRunnable>();
        if (t_isRunning)
        {
            queue.Enqueue(work);
            return;
        }

        t_isRunning = true;
        try
        {
            work.Run();
            for (var done = 1; done < Longest && queue.TryDequeue(out var next); done++)
            {
                next.Run();
            }
        }
        finally
        {
            t_isRunning = false;
            while (queue.TryDequeue(out var rest))
            {
                ThreadPool.UnsafeQueueUserWorkItem(rest, preferLocal: false);
            }
        }
    }
}
