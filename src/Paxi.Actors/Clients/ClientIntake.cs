using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Paxi.Actors.Clients;

/// <summary>
/// Where the threads of a process leave their commands for the client actor. The first one that comes while the queue is empty wakes the
/// actor; whatever comes until it looks goes with it. So a command under load costs no message of its own.
/// </summary>
/// <remarks>
/// From a thread of the pool the wake-up goes through the pool's queue: one answer ends many commands, whose continuations lie in that queue
/// and are about to send the next ones. Behind them it finds all of those; before them it would find one. With an empty queue it runs as
/// soon as the thread returns.
/// </remarks>
/// <param name="client">The client actor.</param>
/// <param name="yields">Whether to go through the pool's queue; a simulated world has no pool.</param>
internal sealed class ClientIntake(IActorRef client, bool yields = false) : INoSerializationVerificationNeeded, IThreadPoolWorkItem
{
    /// <summary>How many commands may lie here; further ones fail as overloaded.</summary>
    public const int Capacity = 1 << 18;

    private readonly ConcurrentQueue<PendingCommand> _queue = new();

    /// <summary>Added less taken. May be below zero for a moment, since a command may be taken before it is counted.</summary>
    private int _count;

    private volatile bool _isClosed;

    /// <summary>From any thread.</summary>
    public void Add(PendingCommand command)
    {
        if (Volatile.Read(ref _count) >= Capacity)
        {
            command.End(Replies.Failed(Replies.Overloaded));
            return;
        }

        _queue.Enqueue(command);
        if (Interlocked.Increment(ref _count) == 1)
        {
            Wake();
        }

        if (_isClosed)
        {
            Close();
        }
    }

    void IThreadPoolWorkItem.Execute() => client.Tell(this, ActorRefs.NoSender);

    /// <summary>The client actor's part: the next command, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out PendingCommand? command) => _queue.TryDequeue(out command);

    /// <summary>The client actor's part: accounts for what it took. True when there is more, of which nobody will tell it.</summary>
    public bool Took(int count) => Interlocked.Add(ref _count, -count) > 0;

    /// <summary>The client actor is gone: what lies here and what comes from now on was never sent.</summary>
    public void Close()
    {
        _isClosed = true;
        while (_queue.TryDequeue(out var command))
        {
            command.End(Replies.Failed($"{Replies.Stopped} before it was sent"));
        }
    }

    private void Wake()
    {
        if (yields && Thread.CurrentThread.IsThreadPoolThread)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            client.Tell(this, ActorRefs.NoSender);
        }
    }
}
