using Akka.Dispatch;
using Paxi.Actors.Scheduling;

namespace Paxi.Actors.Tests.Scheduling;

/// <summary>A thread that brings work, as those that wait for sockets do.</summary>
internal static class SocketThread
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Does the work in a turn of the present thread, as its first piece or as a further one.</summary>
    public static void Turn(Action work) => ThreadTurn.Run(new Piece(work));

    /// <summary>Does the work on such a thread, of its own, and returns when it is done.</summary>
    /// <returns>The thread's id.</returns>
    public static int Run(Action work)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
        })
        { Name = "a socket's", IsBackground = true };
        thread.Start();
        Xunit.Assert.True(thread.Join(Patience), $"not done within {Patience.TotalSeconds} s");
        return fault is null ? thread.ManagedThreadId : throw new InvalidOperationException($"on the socket's thread: {fault.Message}", fault);
    }

    private sealed class Piece(Action work) : IRunnable
    {
        public void Run() => work();

        public void Execute() => work();
    }
}
