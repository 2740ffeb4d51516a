using Paxi.Bench.Reports.Charts;

namespace Paxi.Bench.Reports;

/// <summary>The look of a report's page, light or dark as the reader's system is, with no font or script from elsewhere.</summary>
internal static class PageStyle
{
    public static string Css { get; } = Palette.Css() + """

        :root { --bad: #B3261E; --bad-ground: #FDE9E7; --note-ground: #F3F5F8; }
        @media (prefers-color-scheme: dark) { :root { --bad: #FF8A80; --bad-ground: #40161A; --note-ground: #161C24; } }
        body { margin: 0 auto; padding: 28px 24px 60px; max-width: 980px; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
        h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 34px 0 6px; }
        h3 { font-size: 15px; margin: 22px 0 6px; }
        p { margin: 0 0 10px; max-width: 76ch; } .lead, .under { color: var(--soft); } .under { font-size: 13px; margin: 2px 0 12px; max-width: 110ch; }
        .bad, .notice { border-left: 4px solid var(--bad); background: var(--bad-ground); padding: 10px 14px; margin: 14px 0; max-width: none; overflow-wrap: anywhere; }
        .bad b { color: var(--bad); } .notice { border-color: var(--soft); background: var(--note-ground); }
        .figures { display: flex; flex-wrap: wrap; gap: 8px 36px; margin: 18px 0 6px; padding: 0; list-style: none; }
        .figures b { display: block; font-size: 24px; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; } .figures span { color: var(--soft); font-size: 13px; }
        .scroll { overflow-x: auto; }
        svg.chart { display: block; width: 100%; min-width: 640px; height: auto; }
        svg.chart text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
        .scroll + p { margin-top: 10px; } table { border-collapse: collapse; font-size: 14px; } caption { text-align: left; color: var(--soft); }
        th { text-align: left; color: var(--soft); font-weight: 600; vertical-align: bottom; } th, td { padding: 4px 18px 4px 0; border-bottom: 1px solid var(--grid); }
        td { vertical-align: top; overflow-wrap: break-word; max-width: 60ch; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        tr.bad-row td { color: var(--bad); }
        pre { background: var(--note-ground); padding: 12px 14px; overflow-x: auto; font: 13px/1.45 ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", "DejaVu Sans Mono", monospace; }
        pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
        summary { cursor: pointer; font-weight: 600; margin: 12px 0 6px; } a { color: var(--blue); }
        @media print { .scroll { overflow: visible; } details > * { display: block; } }

        """;
}
