using System.Text;
using Paxi.TestKit.Linearizability;
using ScottPlot;

namespace Paxi.Bench.Reports.Charts;

/// <summary>The font that charts are laid out with. A page shows its own, squeezed or stretched to the same width, so a missing font does no harm there.</summary>
internal static class ChartFont
{
    public const float Size = 13;

    private static readonly string[] Wanted = ["Liberation Sans", "Arial", "Helvetica", "Segoe UI", "DejaVu Sans", "Noto Sans"];
    private static readonly string Usual = Wanted.FirstOrDefault(static name => Fonts.GetTypeface(name, bold: false, italic: false)?.FamilyName == name) ?? Fonts.Default;
    private static readonly Lock Gate = new();

    /// <summary>A font that has the letters of the text.</summary>
    public static string For(string text)
    {
        const char LastOfLatin = '\u02ff';
        if (!text.Any(static character => character > LastOfLatin))
        {
            return Usual;
        }

        lock (Gate)
        {
            return Fonts.Detect(text) is { Length: > 0 } found ? found : Usual;
        }
    }

    /// <summary>Pixels that it takes.</summary>
    public static double Width(string text)
    {
        using var paint = Paint.NewDisposablePaint();
        return new LabelStyle { Text = text, FontName = For(text), FontSize = Size }.Measure(paint).Width;
    }

    /// <summary>The text without what cannot be seen or would break a line, cut with an ellipsis to fit.</summary>
    public static string Fit(string text, double pixels)
    {
        var visible = Visible(text);
        if (Width(visible) <= pixels)
        {
            return visible;
        }

        var runes = visible.EnumerateRunes().ToArray();
        var (low, high) = (0, runes.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Width(Start(runes, middle)) <= pixels ? (middle, high) : (low, middle - 1);
        }

        return Start(runes, low);
    }

    private static string Start(Rune[] runes, int count) => string.Concat(runes.Take(count).Select(static rune => rune.ToString())).TrimEnd() + "…";

    /// <summary>What is not fit for a line of text, by its number.</summary>
    private static string Visible(string text) => PictureText.Visible(text.ReplaceLineEndings(" "));
}
