using Paxi.TestKit.Simulation;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>What the checks of a run call themselves.</summary>
internal static class CheckNames
{
    public const string Agreement = "agreement";
    public const string Quorum = "decided by a quorum";
    public const string OneValue = "one value per ballot";
    public const string OneLeader = "one leader per ballot";
    public const string Promises = "promises";
    public const string Prefix = "executed prefix";
    public const string ExactlyOnce = "exactly once";
    public const string Snapshots = "snapshots";
    public const string StatesEqual = "states equal";
    public const string Phantom = "no phantom values";
    public const string Failed = "failed means without effect";
    public const string Acknowledged = "acknowledged writes survive";
    public const string Monotonic = "monotonic reads";
    public const string Linearizability = SimulationRun.Linearizable;
    public const string Liveness = SimulationRun.Liveness;
    public const string RolesFail = SimulationRun.RolesFail;
}
