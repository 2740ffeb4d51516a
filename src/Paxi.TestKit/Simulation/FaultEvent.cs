using System.Collections.Immutable;
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

    /// <summary>The moment in words; empty for at once.</summary>
    protected static string When(Moment moment) => moment switch
    {
        Moment.AtOnce => "",
        Moment.Promise => " after its next promise",
        Moment.Vote => " after its next vote",
        Moment.Lead => " when it has won phase 1",
        Moment.Decide => " when it next decides",
        Moment.Execute => " when it next executes",
        _ => " when it has taken in a snapshot",
    };

    protected static string Show(ImmutableArray<ReplicaId> replicas) => $"{{{string.Join(' ', replicas)}}}";
}

/// <summary>The replica's process dies, losing what was not synced, and starts again from its disk.</summary>
/// <param name="Target">Who.</param>
/// <param name="TearsLastWrite">The disk keeps a part of the write under way; recovery must notice.</param>
/// <param name="After">The step after which it dies.</param>
public sealed record CrashEvent(TimeSpan At, TimeSpan For, FaultTarget Target, bool TearsLastWrite, Moment After) : FaultEvent(At, For)
{
    public override string Kind => "crash";

    protected override string What => $"{Target} crashes{When(After)}{(TearsLastWrite ? " and tears its last write" : "")}";
}

/// <summary>Several replicas, or all, die at the same instant: a power cut.</summary>
/// <param name="Stagger">They start again one after another, this much apart.</param>
public sealed record PowerCutEvent(TimeSpan At, TimeSpan For, ImmutableArray<ReplicaId> Replicas, TimeSpan Stagger) : FaultEvent(At, For)
{
    public override string Kind => "crash";

    protected override string What => string.Create(CultureInfo.InvariantCulture,
        $"{Show(Replicas)} lose power and come back {Stagger.TotalMilliseconds:0} ms apart");
}

/// <summary>The replica stands still (a long collection, a stopped virtual machine) and goes on as if nothing had been.</summary>
public sealed record PauseEvent(TimeSpan At, TimeSpan For, FaultTarget Target, Moment After) : FaultEvent(At, For)
{
    public override string Kind => "pause";

    protected override string What => $"{Target} pauses{When(After)}";
}

/// <summary>Which way a cut goes.</summary>
public enum CutDirection : byte
{
    Both,

    /// <summary>The first side is not heard any more, but hears.</summary>
    Out,

    /// <summary>The first side does not hear any more, but is heard.</summary>
    In,
}

/// <summary>Two sides do not hear each other, or one does not hear the other.</summary>
/// <param name="Side">The first side.</param>
/// <param name="Others">The second side; who is on neither hears everyone.</param>
public sealed record PartitionEvent(
    TimeSpan At, TimeSpan For, ImmutableArray<ReplicaId> Side, ImmutableArray<ReplicaId> Others, CutDirection Direction) : FaultEvent(At, For)
{
    public override string Kind => Direction == CutDirection.Both ? "partition" : "oneway";

    protected override string What => $"{Show(Side)} {Arrow(Direction)} {Show(Others)}";

    internal static string Arrow(CutDirection direction) => direction switch
    {
        CutDirection.Both => "-/-",
        CutDirection.Out => "-/->",
        _ => "<-/-",
    };
}

/// <summary>The leader and a few others are cut off from the rest.</summary>
/// <param name="Companions">On the leader's side, besides the leader.</param>
public sealed record LeaderPartitionEvent(
    TimeSpan At, TimeSpan For, ImmutableArray<ReplicaId> Companions, CutDirection Direction) : FaultEvent(At, For)
{
    public override string Kind => Direction == CutDirection.Both ? "partition" : "oneway";

    protected override string What =>
        $"the leader{(Companions.IsEmpty ? "" : $" with {Show(Companions)}")} {PartitionEvent.Arrow(Direction)} everyone else";
}

/// <summary>
/// A rival for the leader: some replicas do not reach it, and the leader does not reach them, so that they stand for election, where there are enough of them, while all others hear it still; and when one
/// of them has won, the leader is cut off from all replicas, so that it does not learn of it. Clients still reach it. It must not answer from what it knows any longer than it may.
/// </summary>
/// <param name="Rivals">Who does not hear the leader; one that is the leader itself does not count.</param>
/// <param name="Restart">Those who hear the leader restart, together and again and again: what they granted the leader must survive that, though the rivals ask them for their votes.</param>
public sealed record RivalEvent(TimeSpan At, TimeSpan For, ImmutableArray<ReplicaId> Rivals, bool Restart) : FaultEvent(At, For)
{
    public override string Kind => "partition";

    protected override string What =>
        $"{Show(Rivals)} and the leader do not hear each other{(Restart ? ", the others restart again and again" : "")}, and when one of them wins, the leader hears nobody";
}

/// <summary>The links of a replica lose a good part of what they carry.</summary>
/// <param name="Loss">The probability that a message is lost.</param>
public sealed record FlakyEvent(TimeSpan At, TimeSpan For, FaultTarget Target, double Loss) : FaultEvent(At, For)
{
    public override string Kind => "loss";

    protected override string What =>
        string.Create(CultureInfo.InvariantCulture, $"links to and from {Target} lose {Loss:0.##} of their messages");
}

/// <summary>
/// Single accepts of the leader are lost, to all but a few replicas: from one vote of its own acceptor to the next, everything that it sends arrives or nothing does. So of the slots under way some are
/// voted for everywhere and some nowhere. Before it has sent those again it dies or is cut off, and who leads next finds gaps. To that one the same happens, for as long as the fault lasts.
/// </summary>
/// <param name="Flicker">How long one leader's accepts are lost.</param>
/// <param name="Loss">The probability that an accept is.</param>
/// <param name="Away">How long that leader is dead or cut off then.</param>
/// <param name="Spared">Replicas that hear everything.</param>
/// <param name="Crashes">It dies; else it is cut off.</param>
public sealed record GapsEvent(
    TimeSpan At, TimeSpan For, TimeSpan Flicker, double Loss, TimeSpan Away, ImmutableArray<ReplicaId> Spared, bool Crashes) : FaultEvent(At, For)
{
    public override string Kind => Crashes ? "crash" : "partition";

    protected override string What => string.Create(
        CultureInfo.InvariantCulture,
        $"each leader's accepts{(Spared.IsEmpty ? "" : $", but those to {Show(Spared)},")} are lost with probability {Loss:0.##} for {Flicker.TotalMilliseconds:0} ms, "
        + $"then it {(Crashes ? "dies" : "hears nobody and is not heard")} for {Away.TotalMilliseconds:0} ms");
}

/// <summary>The link holds its messages back and lets them go when the fault ends.</summary>
public sealed record ClogEvent(TimeSpan At, TimeSpan For, FaultTarget From, FaultTarget To) : FaultEvent(At, For)
{
    public override string Kind => "clog";

    protected override string What => $"the link {From} -> {To} is clogged";
}

/// <summary>The replica's disk takes this much longer for each sync.</summary>
public sealed record SlowDiskEvent(TimeSpan At, TimeSpan For, FaultTarget Target, TimeSpan Delay) : FaultEvent(At, For)
{
    public override string Kind => "slowdisk";

    protected override string What =>
        string.Create(CultureInfo.InvariantCulture, $"the disk of {Target} is slower by {Delay.TotalMilliseconds:0} ms");
}

/// <summary>The replica's disk fails every write; the replica stops answering, and is started again on the same disk when the fault ends.</summary>
public sealed record DiskFailureEvent(TimeSpan At, TimeSpan For, FaultTarget Target) : FaultEvent(At, For)
{
    public override string Kind => "diskfail";

    protected override string What => $"the disk of {Target} fails";
}

/// <summary>The replica's clock jumps and runs at another rate; the rate goes back to true when the fault ends.</summary>
public sealed record ClockEvent(TimeSpan At, TimeSpan For, FaultTarget Target, long DriftPartsPerMillion, TimeSpan Step) : FaultEvent(At, For)
{
    public override string Kind => "clock";

    protected override string What => string.Create(CultureInfo.InvariantCulture,
        $"the clock of {Target} drifts by {DriftPartsPerMillion} ppm and steps by {Step.TotalMilliseconds:0} ms");
}

/// <summary>How the members change.</summary>
public enum MembersChange : byte
{
    /// <summary>A zone of replicas that were no voters starts, catches up, and votes.</summary>
    ZoneJoins,

    ZoneLeaves,

    ReplicaLeaves,

    /// <summary>A replica dies, and is removed while it is down.</summary>
    RemoveCrashed,

    /// <summary>A replica dies, and nobody asks for its removal: the policy of the voters does it (<c>epochs.remove-unreachable</c>).</summary>
    Dies,

    /// <summary>The same of one that runs, and that no replica hears.</summary>
    IsCutOff,
}

/// <summary>The voters change, by the epochs: some join, or leave. A change that is refused, because another is under way or the quorums would not fit, is asked for again for a while.</summary>
/// <param name="For">How long it is asked for; how long a replica that is removed is down or cut off.</param>
/// <param name="Replica">Who leaves, or whose zone; of no meaning when a zone joins.</param>
/// <param name="Returns">Whoever left is added again after the same time.</param>
public sealed record MembersEvent(TimeSpan At, TimeSpan For, MembersChange Change, ReplicaId Replica, bool Returns) : FaultEvent(At, For)
{
    public override string Kind => FaultPlan.Members;

    protected override string What => (Change switch
    {
        MembersChange.ZoneJoins => "a zone joins",
        MembersChange.ZoneLeaves => $"zone {Replica.Zone} leaves",
        MembersChange.ReplicaLeaves => $"{Replica} leaves",
        MembersChange.RemoveCrashed => $"{Replica} crashes and is removed",
        MembersChange.Dies => $"{Replica} crashes for the voters to remove it",
        _ => $"{Replica} is cut off for the voters to remove it",
    }) + (Returns ? " and comes back" : "");
}
