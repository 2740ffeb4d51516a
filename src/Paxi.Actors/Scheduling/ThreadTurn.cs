using Akka.Dispatch;

namespace Paxi.Actors.Scheduling;

/// <summary>
/// Work that the thread which brings it does itself, instead of waking another thread for it: one that has read from a socket, or the timers'. What that work brings forth meanwhile lies in
/// a queue of the thread until the piece before is done, so nothing nests. A turn has an end: the rest goes to the thread pool, and the thread goes back to what it waits for.
/// </summary>
internal static class ThreadTurn
{
    /// <summary>Pieces of work in a turn: a message from a socket through the roles and on to other sockets makes about ten.</summary>
    public const int Longest = 64;

    [ThreadStatic]
    private static Queue<IRunnable>? t_queue;

    /// <summary>Whether the present thread is in a turn: then what it brings forth belongs to the turn.</summary>
    [field: ThreadStatic]
    public static bool IsRunning { get; private set; }

    /// <summary>Does the work now, as the first piece of a turn, or in a turn as soon as the pieces before it are done.</summary>
    public static void Run(IRunnable work)
    {
        var queue = t_queue ??= new Queue<IRunnable>();
        if (IsRunning)
        {
            queue.Enqueue(work);
            return;
        }

        IsRunning = true;
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
            IsRunning = false;
            while (queue.TryDequeue(out var rest))
            {
                ThreadPool.UnsafeQueueUserWorkItem(rest, preferLocal: false);
            }
        }
    }
}
