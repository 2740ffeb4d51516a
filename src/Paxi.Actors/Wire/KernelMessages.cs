using Paxi.Actors.Epochs;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;

namespace Paxi.Actors.Wire;

/// <summary>The closed list of messages that travel by themselves through Hyperion. Every node and every tool has the same one.</summary>
public static class KernelMessages
{
    /// <summary>In this order they are numbered on the wire.</summary>
    internal static ColdTypes Cold { get; } = CreateCold();

    private static ColdTypes CreateCold()
    {
        var types = new ColdTypes();
        types.Add(typeof(StatusRequest));
        types.Add(typeof(ReplicaStatus));
        types.Add(typeof(InjectFault), typeof(CrashFault), typeof(DropFault), typeof(SlowFault), typeof(FlakyFault));
        types.Add(typeof(FaultInjected));
        types.Add(typeof(EpochRequest));
        types.Add(typeof(EpochView), typeof(ReplicaId[]));
        types.Add(typeof(ChangeMembers));
        types.Add(typeof(ChangeEnded));
        return types;
    }
}
