using System.Collections.Concurrent;
using Akka.Dispatch;
using Paxi.Actors.Scheduling;
using Xunit;

namespace Paxi.Actors.Tests.Scheduling;

/// <summary>Work that a socket's thread does itself.</summary>
public sealed class ThreadTurnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Only_threads_of_sockets_take_turns()
    {
        Assert.False(ThreadTurn.IsPossible);
        SocketThread.Run(static () => Assert.True(ThreadTurn.IsPossible));
        Assert.False(ThreadTurn.IsPossible);
    }

    [Fact]
    public void Work_is_done_at_once_and_on_the_thread()
    {
        var done = 0;
        var socket = SocketThread.Run(() =>
        {
            ThreadTurn.Run(new Work(() => done = Environment.CurrentManagedThreadId));
            Assert.Equal(Environment.CurrentManagedThreadId, done);
        });
        Assert.Equal(socket, done);
    }

    [Fact]
    public void What_work_brings_forth_follows_in_order_and_never_nests()
    {
        var order = new List<int>();
        SocketThread.Run(() => ThreadTurn.Run(new Work(() =>
        {
            ThreadTurn.Run(new Work(() =>
            {
                order.Add(2);
                ThreadTurn.Run(new Work(() => order.Add(4)));
            }));
            ThreadTurn.Run(new Work(() => order.Add(3)));
            order.Add(1);
        })));
        Assert.Equal([1, 2, 3, 4], order);
    }

    [Fact]
    public void A_turn_has_an_end_and_the_pool_does_the_rest()
    {
        const int pieces = ThreadTurn.Longest + 50;
        var threads = new ConcurrentQueue<(int Thread, bool IsPool)>();
        using var all = new CountdownEvent(pieces);
        var work = new Work(() =>
        {
            threads.Enqueue((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
            all.Signal();
        });
        var socket = SocketThread.Run(() => ThreadTurn.Run(new Work(() =>
        {
            for (var piece = 0; piece < pieces; piece++)
            {
                ThreadTurn.Run(work);
            }
        })));

        Assert.True(all.Wait(Patience));
        // The piece that brought them forth is one of the turn.
        Assert.Equal(ThreadTurn.Longest - 1, threads.Count(piece => piece.Thread == socket && !piece.IsPool));
        Assert.Equal(pieces - ThreadTurn.Longest + 1, threads.Count(static piece => piece.IsPool));
    }

    [Fact]
    public void Work_that_throws_neither_loses_what_waits_nor_ends_the_turns()
    {
        using var rest = new ManualResetEventSlim();
        var again = false;
        SocketThread.Run(() =>
        {
            Assert.Throws<InvalidOperationException>(() => ThreadTurn.Run(new Work(() =>
            {
                ThreadTurn.Run(new Work(rest.Set));
                throw new InvalidOperationException("broken");
            })));
            ThreadTurn.Run(new Work(() => again = true));
        });
        Assert.True(rest.Wait(Patience));
        Assert.True(again);
    }

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }
}
