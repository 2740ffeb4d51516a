using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>How a run ended.</summary>
public sealed record RunReport
{
    public required RunOptions Options { get; init; }

    public required FaultPlan Plan { get; init; }

    public required Workload Workload { get; init; }

    /// <summary>The first property that the run broke; null when it broke none.</summary>
    public Violation? Violation { get; init; }

    /// <summary>Why the run proves nothing although it broke no property; null when it is decided.</summary>
    public string? Undecided { get; init; }

    /// <summary>Everything held, and that was decided.</summary>
    public bool Passed => Violation is null && Undecided is null;

    /// <summary>Operations that clients began.</summary>
    public required int Operations { get; init; }

    /// <summary>Messages of the protocol and of clients that were sent.</summary>
    public required long Messages { get; init; }

    /// <summary>Virtual time from the start to the end.</summary>
    public required TimeSpan Virtual { get; init; }

    /// <summary>Turns of mailboxes and timers.</summary>
    public required long Steps { get; init; }

    /// <summary>Of everything that happened.</summary>
    public required TraceHash TraceHash { get; init; }

    public required Coverage Coverage { get; init; }

    /// <summary>What clients did and saw; it may be cut short by a violation.</summary>
    public required History History { get; init; }

    /// <summary>The linearizability check; null when it was not reached or not promised.</summary>
    public CheckReport? Linearizability { get; init; }

    /// <summary>How many steps the checks looked at.</summary>
    public required long Observations { get; init; }

    /// <summary>Every option that was drawn, a line each.</summary>
    public string Banner() => $"workload: {Workload}\n{Plan.Banner()}";
}
