namespace Paxi.Actors.Tests.Scheduling;

/// <summary>A thread with the name that DotNetty gives to those that wait for sockets.</summary>
internal static class SocketThread
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
        { Name = "SingleThreadEventExecutor of a test", IsBackground = true };
        thread.Start();
        Xunit.Assert.True(thread.Join(Patience), $"not done within {Patience.TotalSeconds} s");
        return fault is null ? thread.ManagedThreadId : throw new InvalidOperationException($"on the socket's thread: {fault.Message}", fault);
    }
}
