using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>What comes for the gateway between two epochs, in the order in which it came, each with whoever sent it. At most <see cref="MaxBytes"/>, by the messages' own hints.</summary>
internal sealed class HeldRequests
{
    public const long MaxBytes = 16 << 20;

    private readonly Queue<(IWireMessage Message, IActorRef? Sender)> _queue = new();
    private long _bytes;

    /// <summary>False when there is no room; nothing was taken.</summary>
    public bool TryAdd(IWireMessage message, IActorRef? sender)
    {
        if (_bytes + message.SizeHint > MaxBytes)
        {
            return false;
        }

        _bytes += message.SizeHint;
        _queue.Enqueue((message, sender));
        return true;
    }

    public bool TryTake([NotNullWhen(true)] out IWireMessage? message, out IActorRef? sender)
    {
        var isHeld = _queue.TryDequeue(out var held);
        (message, sender) = held;
        _bytes -= message?.SizeHint ?? 0;
        return isHeld;
    }

    public void Clear()
    {
        _queue.Clear();
        _bytes = 0;
    }
}
