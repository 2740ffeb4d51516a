namespace Paxi.TestKit.Linearizability;

/// <summary>The look of a picture. Kinds differ in hue and in what their labels say; what is wrong is also marked with a cross.</summary>
internal static class PictureStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --page: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --even: #f6f8fa;
          --read: #ddf4ff; --read-edge: #0969da; --write: #fff1c9; --write-edge: #9a6700; --cas: #eee4ff; --cas-edge: #6639ba;
          --wrong: #ffd7d5; --wrong-edge: #cf222e; --pale: #eef1f4; --pale-edge: #b3bcc6; --fault: #f3d5c0; --fault-line: #dd9a68; --fault-edge: #953800; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --even: #151b23;
            --read: #0c2d4e; --read-edge: #4aa3ff; --write: #3f2f05; --write-edge: #d9a514; --cas: #2f1d55; --cas-edge: #b494ff;
            --wrong: #5c1217; --wrong-edge: #ff6a69; --pale: #1e252d; --pale-edge: #48525d; --fault: #4a2410; --fault-line: #7d4420; --fault-edge: #f0883e; } }
        body { margin: 24px; background: var(--page); color: var(--ink); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        h1 { font-size: 20px; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 16px; margin: 24px 0 8px; }
        .reason { font-size: 15px; margin: 0 0 4px; overflow-wrap: anywhere; color: var(--wrong-edge); font-weight: 600; }
        .note { margin: 0 0 12px; color: var(--soft); max-width: 76em; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 0 0 12px; padding: 0; font-size: 13px; }
        .legend i { display: inline-block; width: 24px; height: 12px; margin-right: 6px; border: 1.5px solid; border-radius: 3px; vertical-align: -1px; }
        i.read { background: var(--read); border-color: var(--read-edge); } i.write { background: var(--write); border-color: var(--write-edge); }
        i.cas { background: var(--cas); border-color: var(--cas-edge); } i.wrong { background: var(--wrong); border-color: var(--wrong-edge); }
        i.pale { background: var(--pale); border-color: var(--pale-edge); } i.open { border-color: var(--soft); border-style: dashed; }
        i.fault { background: repeating-linear-gradient(135deg, var(--fault) 0 4px, var(--fault-line) 4px 6px); border-color: var(--fault-edge); }
        .scroll { overflow-x: auto; } svg { display: block; border: 1px solid var(--line); border-radius: 6px; background: var(--page); }
        svg text { font: 11px ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace; fill: var(--ink); }
        svg text.name { font-weight: 600; } svg text.time { fill: var(--soft); text-anchor: start; } svg text.beside { fill: var(--ink); }
        .row { fill: none; } .row.even { fill: var(--even); } .tick { stroke: var(--line); }
        .bar { stroke-width: 1.5; } .read .bar { fill: var(--read); stroke: var(--read-edge); } .write .bar { fill: var(--write); stroke: var(--write-edge); }
        .cas .bar { fill: var(--cas); stroke: var(--cas-edge); } .open .bar { stroke-dasharray: 5 3; }
        .wrong .bar { fill: var(--wrong); stroke: var(--wrong-edge); stroke-width: 2.5; } .wrong .label { font-weight: 700; }
        .pale .bar { fill: var(--pale); stroke: var(--pale-edge); stroke-width: 1; } .pale .label { fill: var(--soft); }
        .fault .bar { fill: url(#hatch); stroke: var(--fault-edge); } .hatch-ground { fill: var(--fault); } .hatch-line { fill: var(--fault-line); }
        .fault .label:not(.beside) { paint-order: stroke; stroke: var(--fault); stroke-width: 4px; }
        g:focus { outline: none; } g:hover .bar, g:focus .bar { stroke-width: 3; }
        table { border-collapse: collapse; font-size: 13px; } th { text-align: left; color: var(--soft); font-weight: 600; }
        th, td { padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
        td { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: 12px; }
        tr.wrong td { color: var(--wrong-edge); font-weight: 700; }
        @media print { .scroll { overflow: visible; } }

        """;
}
