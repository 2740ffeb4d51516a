using System.Globalization;
using System.Text;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>Text from outside for HTML and SVG, of any page of the project: safe, and about how wide it is.</summary>
public static class PictureText
{
    private const double NarrowPixels = 6.3;
    private const double WidePixels = 12.5;

    /// <summary>Escapes markup; what cannot be seen is written as its number, but for line ends.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in Visible(text))
        {
            escaped.Append(character switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                _ => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>Writes what cannot be seen, and halves of letters, as their numbers; line ends are kept.</summary>
    public static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            bool paired = char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            if (paired)
            {
                visible.Append(character).Append(text[++index]);
            }
            else if (char.IsSurrogate(character) || (Operation.IsHidden(character) && character != '\n'))
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                visible.Append(character);
            }
        }

        return visible.ToString();
    }

    /// <summary>About how many pixels the text takes at the size of the bars' labels.</summary>
    public static double Width(string text)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
        }

        return width;
    }

    /// <summary>Letters of the Far East and pictures take two places; punctuation and arrows, which lie between them, one.</summary>
    private static double WidthOf(Rune rune) => rune.Value is < 0x1100 or (>= 0x2000 and < 0x2B00) ? NarrowPixels : WidePixels;

    /// <summary>The text, cut with an ellipsis to fit; empty when not even three characters would.</summary>
    public static string Fit(string text, double pixels)
    {
        if (Width(text) <= pixels)
        {
            return text;
        }

        var kept = new StringBuilder();
        double width = NarrowPixels;
        int runes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
            if (width > pixels)
            {
                break;
            }

            kept.Append(rune.ToString());
            runes++;
        }

        return runes < 3 ? "" : kept.Append('…').ToString();
    }
}
