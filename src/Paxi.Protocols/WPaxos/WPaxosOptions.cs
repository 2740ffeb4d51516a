using Akka.Configuration;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols.WPaxos;

/// <summary>The settings of WPaxos and its family, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public sealed record WPaxosOptions : ProtocolOptions
{
    private WPaxosOptions(Config paxi)
        : base(paxi)
    {
        Pipeline = Whole(paxi, "owners.pipeline", 1, 64);
        IsAdaptive = paxi.GetBoolean("steal.adaptive");
        ZoneFaults = Whole(paxi, "grid.fz", 0, 63);
        NodeFaults = Whole(paxi, "grid.fn", -1, 63);
        HasRows = paxi.GetBoolean("grid.rows");
        Partition = paxi.GetString("partition") ?? "";

        // HOCON reads the word null as no value.
        Policy = string.IsNullOrEmpty(paxi.GetString("steal.policy")) ? "null" : Word(paxi, "steal.policy", [.. Policies.StealPolicies.All.Select(static policy => policy.Name)]);
        Threshold = Number(paxi, "steal.threshold", 0, 1e6);
        OwnerIdle = Span(paxi, "owners.idle", 1, 86_400_000);
        AnnounceDelay = Span(paxi, "owners.announce-delay", 1, 10_000);
        MaxOwners = Whole(paxi, "owners.max-active", 16, 1 << 22);
    }

    /// <summary>Slots of one object under way at a time.</summary>
    public int Pipeline { get; init; }

    /// <summary>Off: a replica that is asked for an object steals it at once, as in Paxi. On: its owner decides by the policy who shall have it.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>fz: whole zones that may fail.</summary>
    public int ZoneFaults { get; init; }

    /// <summary>fn: replicas of each other zone that may fail; -1 for a minority.</summary>
    public int NodeFaults { get; init; }

    /// <summary>Rows and columns instead of the flexible grid.</summary>
    public bool HasRows { get; init; }

    /// <summary>Who owns what in kpaxos: hash, or ranges.</summary>
    public string Partition { get; init; }

    /// <summary>One of <see cref="Policies.StealPolicies"/>.</summary>
    public string Policy { get; init; }

    /// <summary>Of the policy: hits in a row, seconds, or alpha.</summary>
    public double Threshold { get; init; }

    /// <summary>An owner actor without work for this time is passivated.</summary>
    public TimeSpan OwnerIdle { get; init; }

    /// <summary>How long what is decided waits for more before those are told who have not voted.</summary>
    public TimeSpan AnnounceDelay { get; init; }

    /// <summary>Owner actors that may be there at a time; past it the ones idle for longest are passivated early.</summary>
    public int MaxOwners { get; init; }

    /// <exception cref="ArgumentException">A value is out of range: the one line to show.</exception>
    public static WPaxosOptions Create(Config paxi) => new(paxi);
}
