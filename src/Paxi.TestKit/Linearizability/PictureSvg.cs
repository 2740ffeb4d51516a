using System.Globalization;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>Writes a layout as SVG. Colours are left to the style sheet.</summary>
internal static class PictureSvg
{
    private const double RowHeight = 26;
    private const double BarHeight = 18;
    private const double Top = 30;
    private const double TickSpace = 84;
    private const double Padding = 34;

    public static void Write(TextWriter writer, PictureLayout layout)
    {
        double bottom = Top + (layout.Rows.Sum(static row => row.Count) * RowHeight);
        writer.WriteLine(Invariant(
            $"<svg width=\"{layout.Right + Padding:0}\" height=\"{bottom + 8:0}\" viewBox=\"0 0 {layout.Right + Padding:0} {bottom + 8:0}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">"));
        writer.WriteLine("<title>Operations by client over time</title>");
        Definitions(writer);
        Rows(writer, layout);
        Ticks(writer, layout, bottom);
        foreach (PictureBar fault in layout.Faults)
        {
            Bar(writer, fault, "fault");
        }

        // The contradiction last, so that nothing lies over it.
        foreach (PictureBar bar in layout.Bars.OrderBy(static bar => bar.Role))
        {
            Bar(writer, bar, ClassOf(bar));
        }

        writer.WriteLine("</svg>");
    }

    private static void Definitions(TextWriter writer)
    {
        writer.WriteLine("<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">");
        writer.WriteLine("<rect class=\"hatch-ground\" width=\"7\" height=\"7\"/><rect class=\"hatch-line\" width=\"2.5\" height=\"7\"/></pattern></defs>");
    }

    private static void Rows(TextWriter writer, PictureLayout layout)
    {
        for (int index = 0; index < layout.Rows.Count; index++)
        {
            PictureRow row = layout.Rows[index];
            double top = Top + (row.First * RowHeight);
            double height = row.Count * RowHeight;
            writer.WriteLine(Invariant(
                $"<rect class=\"{(index % 2 == 0 ? "row even" : "row")}\" x=\"0\" y=\"{top:0.#}\" width=\"{layout.Right + Padding:0}\" height=\"{height:0.#}\"/>"));
            string name = PictureText.Fit(row.Name, layout.Margin - 18);
            writer.WriteLine(Invariant($"<text class=\"name\" x=\"6\" y=\"{top + 17:0.#}\">{PictureText.Escape(name)}</text>"));
        }
    }

    private static void Ticks(TextWriter writer, PictureLayout layout, double bottom)
    {
        double last = double.MinValue;
        foreach (long time in layout.Scale.Times)
        {
            double x = layout.Scale.At(time);
            if (x < last + TickSpace)
            {
                continue;
            }

            last = x;
            writer.WriteLine(Invariant($"<line class=\"tick\" x1=\"{x:0.#}\" y1=\"{Top - 6:0.#}\" x2=\"{x:0.#}\" y2=\"{bottom:0.#}\"/>"));
            writer.WriteLine(Invariant($"<text class=\"time\" x=\"{x:0.#}\" y=\"{Top - 12:0.#}\">{FragmentText.Time(time - layout.Origin)}</text>"));
        }
    }

    private static void Bar(TextWriter writer, PictureBar bar, string style)
    {
        double top = Top + (bar.Row * RowHeight) + ((RowHeight - BarHeight) / 2);
        writer.Write($"<g class=\"{style}\" tabindex=\"0\"><title>{PictureText.Escape(bar.Tip)}</title>");
        writer.Write(Invariant(
            $"<rect class=\"bar\" x=\"{bar.Left:0.#}\" y=\"{top:0.#}\" width=\"{bar.Right - bar.Left - 1:0.#}\" height=\"{BarHeight:0.#}\" rx=\"3\"/>"));
        if (bar.Label.Length > 0)
        {
            double x = bar.IsOutside ? bar.Right + 4 : bar.Left + 4;
            writer.Write(Invariant($"<text class=\"{(bar.IsOutside ? "label beside" : "label")}\" x=\"{x:0.#}\" y=\"{top + 13:0.#}\">{PictureText.Escape(bar.Label)}</text>"));
        }

        writer.WriteLine("</g>");
    }

    private static string ClassOf(PictureBar bar)
    {
        string kind = bar.Kind switch
        {
            OperationKind.Get => "read",
            OperationKind.Set or OperationKind.Delete => "write",
            _ => "cas",
        };
        string role = bar.Role switch
        {
            PictureRole.Impossible => " wrong",
            PictureRole.Neighbour => " pale",
            _ => "",
        };
        return kind + role + (bar.IsOpen ? " open" : "");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
