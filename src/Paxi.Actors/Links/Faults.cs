using Paxi.Actors.Wire;

namespace Paxi.Actors.Links;

/// <summary>
/// A fault that a person or a test injects into a replica's links, as Paxi's Crash, Drop, Slow and Flaky. It ends by itself after
/// <see cref="For"/>; zero or less means until it is replaced.
/// </summary>
public abstract record Fault(TimeSpan For);

/// <summary>The replica's roles stop and lose what was not synced; after the time they start again from the journal.</summary>
public sealed record CrashFault(TimeSpan For) : Fault(For);

/// <summary>Nothing that this replica sends reaches <paramref name="To"/>.</summary>
public sealed record DropFault(ReplicaId To, TimeSpan For) : Fault(For);

/// <summary>What this replica sends to <paramref name="To"/> arrives later by <paramref name="Delay"/>.</summary>
public sealed record SlowFault(ReplicaId To, TimeSpan Delay, TimeSpan For) : Fault(For);

/// <summary>Each message that this replica sends to <paramref name="To"/> is lost with this probability (0 to 1).</summary>
public sealed record FlakyFault(ReplicaId To, double Probability, TimeSpan For) : Fault(For);

/// <summary>Asks the replica to inject a fault; answered with <see cref="FaultInjected"/>.</summary>
public sealed record InjectFault(Fault Fault) : IAdminMessage;

/// <summary>The fault is in force.</summary>
public sealed record FaultInjected(Fault Fault) : IColdMessage;
