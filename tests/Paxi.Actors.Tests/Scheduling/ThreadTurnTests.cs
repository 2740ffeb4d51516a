using System.Collections.Concurrent;
using Paxi.Actors.Scheduling;
using Xunit;

namespace Paxi.Actors.Tests.Scheduling;

/// <summary>Work that a socket's thread does itself.</summary>
public sealed class ThreadTurnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_turn_is_one_threads_and_ends_with_its_work()
    {
        Assert.False(ThreadTurn.IsRunning);
        SocketThread.Turn(static () =>
        {
            Assert.True(ThreadTurn.IsRunning);
            SocketThread.Run(static () => Assert.False(ThreadTurn.IsRunning));
        });
        Assert.False(ThreadTurn.IsRunning);
    }

    [Fact]
    public void Work_is_done_at_once_and_on_the_thread()
    {
        var done = 0;
        var socket = SocketThread.Run(() =>
        {
            SocketThread.Turn(() => done = Environment.CurrentManagedThreadId);
            Assert.Equal(Environment.CurrentManagedThreadId, done);
        });
        Assert.Equal(socket, done);
    }

    [Fact]
    public void What_work_brings_forth_follows_in_order_and_never_nests()
    {
        var order = new List<int>();
        SocketThread.Run(() => SocketThread.Turn(() =>
        {
            SocketThread.Turn(() =>
            {
                order.Add(2);
                SocketThread.Turn(() => order.Add(4));
            });
            SocketThread.Turn(() => order.Add(3));
            order.Add(1);
        }));
        Assert.Equal([1, 2, 3, 4], order);
    }

    [Fact]
    public void A_turn_has_an_end_and_the_pool_does_the_rest()
    {
        const int pieces = ThreadTurn.Longest + 50;
        var threads = new ConcurrentQueue<(int Thread, bool IsPool)>();
        using var all = new CountdownEvent(pieces);
        Action work = () =>
        {
            threads.Enqueue((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
            all.Signal();
        };
        var socket = SocketThread.Run(() => SocketThread.Turn(() =>
        {
            for (var piece = 0; piece < pieces; piece++)
            {
                SocketThread.Turn(work);
            }
        }));

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
            Assert.Throws<InvalidOperationException>(() => SocketThread.Turn(() =>
            {
                SocketThread.Turn(rest.Set);
                throw new InvalidOperationException("broken");
            }));
            SocketThread.Turn(() => again = true);
        });
        Assert.True(rest.Wait(Patience));
        Assert.True(again);
    }
}
