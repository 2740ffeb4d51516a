using Akka.Actor;

namespace Paxi.TestKit.World;

/// <content>
/// The order in which actors stop. One that stops has its children stopped by Akka in the order of a hash table of their names, which is another one in each process; where some of them have children of
/// their own and others have none, the turns that it takes would differ between two runs of a seed. Here they stop in the order of their paths.
/// </content>
public sealed partial class SimulatedWorld
{
    private readonly HashSet<ActorCell> _stopping = new(ReferenceEqualityComparer.Instance);
    private readonly List<(SimulatedDispatcher Dispatcher, ActorCell Cell)> _deferredStops = [];

    /// <summary>Whether the actor stops with its parent, and does so at the end of this turn, when the stops of its siblings are known.</summary>
    internal bool DefersStop(SimulatedDispatcher dispatcher, ActorCell cell)
    {
        _stopping.Add(cell);
        if (cell.Parent is not ActorRefWithCell { Underlying: ActorCell parent } || !_stopping.Contains(parent))
        {
            return false;
        }

        _deferredStops.Add((dispatcher, cell));
        return true;
    }

    private void StopChildren()
    {
        if (_deferredStops.Count == 0)
        {
            return;
        }

        _deferredStops.Sort(static (left, right) => string.CompareOrdinal(left.Cell.Self.Path.ToStringWithoutAddress(), right.Cell.Self.Path.ToStringWithoutAddress()));
        foreach (var (dispatcher, cell) in _deferredStops)
        {
            dispatcher.Stop(cell);
        }

        _deferredStops.Clear();
    }
}
