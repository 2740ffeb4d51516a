using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Everything that a run varies besides its workload, drawn from its seed: the links, the faults, and the settings of the protocol.
/// </summary>
/// <param name="Conditions">Links and disks.</param>
/// <param name="Events">By their begin.</param>
/// <param name="Settings">HOCON, the content of a section <c>paxi</c>.</param>
public sealed record FaultPlan(Conditions Conditions, ImmutableArray<FaultEvent> Events, string Settings)
{
    /// <summary>The family in which replicas join and leave.</summary>
    public const string Members = "members";

    /// <summary>Every family of faults that <c>--faults</c> may name.</summary>
    public static readonly ImmutableArray<string> Families =
        ["loss", "duplication", "reordering", "crash", "pause", "partition", "oneway", "clog", "slowdisk", "diskfail", "clock", Members];

    /// <summary>Faults begin within this time; then the run heals and must come to rest.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromSeconds(12);

    /// <summary>A run without faults on even links, with the protocol's own settings.</summary>
    public static FaultPlan Calm { get; } = new(Conditions.Calm, [], "");

    /// <summary>Whether replicas join that are no voters at first.</summary>
    public bool HasSpares => Events.Any(static fault => fault is MembersEvent { Change: MembersChange.ZoneJoins });

    /// <summary>The families that this plan uses.</summary>
    public IReadOnlyList<string> Used => [.. Families.Where(Uses)];

    /// <summary>Every option that was drawn, a line each.</summary>
    public string Banner()
    {
        var text = new StringBuilder();
        text.Append("links: ").Append(Conditions).Append('\n');
        if (Settings.Length > 0)
        {
            text.Append("settings: ").AppendJoin("; ", Settings.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Append('\n');
        }

        for (var index = 0; index < Events.Length; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"fault {index}: {Events[index]}\n");
        }

        return text.ToString();
    }

    private bool Uses(string family) => family switch
    {
        "loss" when Conditions.Loss > 0 => true,
        "duplication" => Conditions.Duplication > 0,
        "reordering" => Conditions.Reordering > 0,
        _ => Events.Any(fault => fault.Kind == family),
    };
}
