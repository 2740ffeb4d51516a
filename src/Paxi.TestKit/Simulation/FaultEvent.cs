using System.Globalization;
using Paxi.Actors;

namespace Paxi.TestKit.Simulation;

/// <summary>One fault of a plan: it begins at <paramref name="At"/> and ends by itself after <paramref name="For"/>, both in virtual time.</summary>
public abstract record FaultEvent(TimeSpan At, TimeSpan For)
{
    /// <summary>The family, as in <c>--faults crash,partition</c>.</summary>
    public abstract string Kind { get; }

    protected abstract string What { get; }

    public sealed override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.TotalMilliseconds:0} ms for {For.TotalMilliseconds:0} ms: {What}");
}

/// <summary>The replica's process dies, losing what was not synced, and starts again from its disk.</summary>
/// <param name="TearsLastWrite">The disk keeps a part of the write under way; recovery must notice.</param>
public sealed record CrashEvent(TimeSpan At, TimeSpan For, ReplicaId Replica, bool TearsLastWrite) : FaultEvent(At, For)
{
    public override string Kind => "crash";

    protected override string What => TearsLastWrite ? $"{Replica} crashes and tears its last write" : $"{Replica} crashes";
}

/// <summary>The replica stands still (a long collection, a stopped virtual machine) and goes on as if nothing had been.</summary>
public sealed record PauseEvent(TimeSpan At, TimeSpan For, ReplicaId Replica) : FaultEvent(At, For)
{
    public override string Kind => "pause";

    protected override string What => $"{Replica} pauses";
}

/// <summary>Nothing passes from <paramref name="From"/> to <paramref name="To"/>; the other way too unless <paramref name="OneWay"/>.</summary>
public sealed record PartitionEvent(
    TimeSpan At, TimeSpan For, IReadOnlyList<ReplicaId> From, IReadOnlyList<ReplicaId> To, bool OneWay) : FaultEvent(At, For)
{
    public override string Kind => OneWay ? "oneway" : "partition";

    protected override string What => $"{{{string.Join(' ', From)}}} {(OneWay ? "-/->" : "-/-")} {{{string.Join(' ', To)}}}";
}

/// <summary>The link holds its messages back and lets them go when the fault ends.</summary>
public sealed record ClogEvent(TimeSpan At, TimeSpan For, ReplicaId From, ReplicaId To) : FaultEvent(At, For)
{
    public override string Kind => "clog";

    protected override string What => $"the link {From} -> {To} is clogged";
}

/// <summary>The replica's disk takes this much longer for each sync.</summary>
public sealed record SlowDiskEvent(TimeSpan At, TimeSpan For, ReplicaId Replica, TimeSpan Delay) : FaultEvent(At, For)
{
    public override string Kind => "slowdisk";

    protected override string What => $"the disk of {Replica} is slower by {Delay.TotalMilliseconds:0} ms";
}

/// <summary>The replica's disk fails every write; the replica stops answering, and is started again on the same disk when the fault ends.</summary>
public sealed record DiskFailureEvent(TimeSpan At, TimeSpan For, ReplicaId Replica) : FaultEvent(At, For)
{
    public override string Kind => "diskfail";

    protected override string What => $"the disk of {Replica} fails";
}

/// <summary>The replica's clock jumps and runs at another rate; the rate goes back to true when the fault ends.</summary>
public sealed record ClockEvent(TimeSpan At, TimeSpan For, ReplicaId Replica, long DriftPartsPerMillion, TimeSpan Step) : FaultEvent(At, For)
{
    public override string Kind => "clock";

    protected override string What =>
        $"the clock of {Replica} drifts by {DriftPartsPerMillion} ppm and steps by {Step.TotalMilliseconds:0} ms";
}
