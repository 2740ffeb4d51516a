using Akka.Actor;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>A message that came before whoever takes it was there.</summary>
/// <param name="Sender">For the gateway: whom it answers.</param>
/// <param name="Epoch">In which it was sent; 0 where that does not matter.</param>
/// <param name="Settings">Of the replica that sent it.</param>
internal readonly record struct HeldMessage(IWireMessage Message, IActorRef? Sender, long Epoch, uint Settings);

/// <summary>What came too early, in the order in which it came; bounded by the messages' own hints of their size.</summary>
internal sealed class HeldMessages(long maxBytes)
{
    private readonly Queue<HeldMessage> _queue = new();
    private long _bytes;

    public int Count => _queue.Count;

    /// <summary>False when there is no room; nothing was taken.</summary>
    public bool TryAdd(HeldMessage held)
    {
        if (_bytes + held.Message.SizeHint > maxBytes)
        {
            return false;
        }

        _bytes += held.Message.SizeHint;
        _queue.Enqueue(held);
        return true;
    }

    /// <summary>The oldest; there is one.</summary>
    public HeldMessage Take()
    {
        var held = _queue.Dequeue();
        _bytes -= held.Message.SizeHint;
        return held;
    }

    public void Clear()
    {
        _queue.Clear();
        _bytes = 0;
    }
}
