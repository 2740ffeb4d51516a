using Paxi.Actors;

namespace Paxi.TestKit.Simulation;

/// <summary>Whom a fault meets: a certain replica, or whoever leads when it begins. Most of what breaks a protocol breaks its leader at the wrong moment.</summary>
/// <param name="Replica">Null: the leader; where each object has one of its own, the leader of any object.</param>
public readonly record struct FaultTarget(ReplicaId? Replica)
{
    public static readonly FaultTarget Leader;

    public override string ToString() => Replica?.ToString() ?? "the leader";
}

/// <summary>The step at which a fault begins: at once, or when its target next does this, after its time. The fault comes between the step and its announcement.</summary>
public enum Moment : byte
{
    AtOnce,

    /// <summary>A promise is durable and not yet answered.</summary>
    Promise,

    /// <summary>A vote is durable and not yet answered.</summary>
    Vote,

    /// <summary>Phase 1 is won and nothing proposed yet.</summary>
    Lead,

    /// <summary>A slot is known as decided and nobody was told.</summary>
    Decide,

    /// <summary>A slot is executed and not yet answered.</summary>
    Execute,

    /// <summary>A snapshot was taken in.</summary>
    Restore,
}
