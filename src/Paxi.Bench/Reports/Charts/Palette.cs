using System.Text;

namespace Paxi.Bench.Reports.Charts;

/// <summary>A colour of the charts: what it is drawn in, and what the page shows instead on a dark ground. As <c>#RRGGBB</c>, upper case.</summary>
internal sealed record Ink(string Name, string Light, string Dark)
{
    public ScottPlot.Color Color => ScottPlot.Color.FromHex(Light);
}

/// <summary>
/// The colours of the charts. Series are those of Okabe and Ito, which readers with any colour vision tell apart, darkened until text in them is legible on white
/// (4.5 to 1), lightened for the dark page. No colour stands twice, for the page exchanges each by its value.
/// </summary>
internal static class Palette
{
    public static readonly Ink Page = new("page", "#FFFFFE", "#0D1117");
    public static readonly Ink Text = new("ink", "#1B1F24", "#E6EDF3");
    public static readonly Ink Soft = new("soft", "#57606A", "#9AA4AF");
    public static readonly Ink Grid = new("grid", "#E3E7EB", "#252C35");
    public static readonly Ink Fault = new("fault", "#F8E3D3", "#3A2317");
    public static readonly Ink FaultEdge = new("fault-edge", "#953801", "#F0883E");

    private static readonly Ink[] SeriesInks =
    [
        new("blue", "#0065A3", "#58B0F0"),
        new("vermilion", "#B84A01", "#FF8F52"),
        new("green", "#00724F", "#2FC494"),
        new("purple", "#9A3F7D", "#E08FC4"),
        new("ochre", "#7F5F02", "#E6B23C"),
        new("sky", "#23759C", "#8FD8FA"),
    ];

    public static IReadOnlyList<Ink> Series => SeriesInks;

    /// <summary>The colour of a series; after the last one they begin again, and a label or a dash tells them apart.</summary>
    public static Ink Of(int series) => SeriesInks[series % SeriesInks.Length];

    /// <summary>The rules that give the charts inside a page the page's colours, light or dark.</summary>
    public static string Css()
    {
        var (light, dark, rules) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var ink in (IEnumerable<Ink>)[Page, Text, Soft, Grid, Fault, FaultEdge, .. SeriesInks])
        {
            light.Append($"--{ink.Name}: {ink.Light}; ");
            dark.Append($"--{ink.Name}: {ink.Dark}; ");
            rules.Append($"svg.chart [fill=\"{ink.Light}\"] {{ fill: var(--{ink.Name}); }} ");
            rules.AppendLine($"svg.chart [stroke=\"{ink.Light}\"] {{ stroke: var(--{ink.Name}); }}");
        }

        return $":root {{ color-scheme: light dark; {light}}}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n{rules}";
    }
}
