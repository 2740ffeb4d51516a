using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Paxi.Bench.Reports.Charts;

/// <summary>Makes the plotting library's SVG fit for a page with many of them: names of its own, the page's font, no more digits than pixels.</summary>
internal static partial class ChartSvg
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="prefix">Before every name in it, since a page has one space of names.</param>
    /// <param name="title">For readers who do not see it.</param>
    public static string ForPage(string xml, string prefix, string title, int width, int height)
    {
        var root = XDocument.Parse(xml).Root ?? throw new ArgumentException("without a root", nameof(xml));
        root.SetAttributeValue("width", null);
        root.SetAttributeValue("height", null);
        root.Attributes().Where(static attribute => attribute.IsNamespaceDeclaration).Remove();
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        root.SetAttributeValue("class", "chart");
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-label", title);
        ShareClips(root, prefix);
        foreach (var text in root.Descendants(Svg + "text").ToArray())
        {
            Simplify(text);
        }

        foreach (var attribute in root.Descendants().Attributes().Where(static attribute => attribute.Name.LocalName is "d" or "x" or "y" or "width" or "height"))
        {
            attribute.Value = Numbers().Replace(attribute.Value, static number =>
                Math.Round(double.Parse(number.ValueSpan, CultureInfo.InvariantCulture), 1).ToString("0.#", CultureInfo.InvariantCulture));
        }

        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
        }

        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The library clips every line to the same rectangle, each time with a name of its own.</summary>
    private static void ShareClips(XElement root, string prefix)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var clip in root.Descendants(Svg + "clipPath").ToArray())
        {
            var shape = string.Concat(clip.Nodes());
            if (shared.TryGetValue(shape, out var known))
            {
                names[clip.Attribute("id")!.Value] = known;
                clip.Remove();
                continue;
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{shared.Count}");
            names[clip.Attribute("id")!.Value] = shared[shape] = name;
            clip.SetAttributeValue("id", name);
        }

        foreach (var attribute in root.Descendants().Attributes("clip-path"))
        {
            attribute.Value = $"url(#{names[attribute.Value["url(#".Length..^1]]})";
        }
    }

    /// <summary>One position and one length instead of a position for each letter, so that it may be shown in another font.</summary>
    private static void Simplify(XElement text)
    {
        var (xs, ys) = (Positions(text, "x"), Positions(text, "y"));
        if (xs.Length == 0 || ys.Length == 0)
        {
            return;
        }

        text.Value = text.Value.Trim();
        text.SetAttributeValue("x", Round(xs[0]));
        text.SetAttributeValue("y", Round(ys[0]));
        text.SetAttributeValue("font-family", null);
        if (xs.Length > 2)
        {
            // The last letter's own width is not told.
            var size = double.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture);
            var last = ChartFont.Width(text.Value.EnumerateRunes().Last().ToString()) * size / ChartFont.Size;
            text.SetAttributeValue("textLength", Round(xs[^1] - xs[0] + last));
            text.SetAttributeValue("lengthAdjust", "spacingAndGlyphs");
        }
    }

    private static string Round(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static double[] Positions(XElement text, string name) =>
        [.. (text.Attribute(name)?.Value ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(static part => double.Parse(part, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+\.\d+(e[-+]?\d+)?")]
    private static partial Regex Numbers();
}
