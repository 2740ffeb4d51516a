using System.Globalization;

namespace Paxi.Node.Cli.Shell;

/// <summary>A line under the cursor. What it does, it does by whole characters as people see them (text elements).</summary>
internal sealed class EditLine
{
    /// <summary>A value on the command line may be long; one at its limit belongs into a file.</summary>
    public const int MaxLength = 65_536;

    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes, 0 to the text's length.</summary>
    public int Cursor { get; private set; }

    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Inserts at the cursor; a line at its limit stays as it is.</summary>
    public void Insert(string text)
    {
        if (Text.Length + text.Length <= MaxLength)
        {
            (Text, Cursor) = (Text.Insert(Cursor, text), Cursor + text.Length);
        }
    }

    /// <summary>Puts <paramref name="text"/> in place of what lies between <paramref name="start"/> and the cursor.</summary>
    public void Replace(int start, string text)
    {
        Text = Text.Remove(start, Cursor - start);
        Cursor = start;
        Insert(text);
    }

    public void Left() => Cursor = Before(Cursor);

    public void Right() => Cursor = After(Cursor);

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    public void WordLeft()
    {
        Cursor = WordStart();
    }

    public void WordRight()
    {
        while (Cursor < Text.Length && char.IsWhiteSpace(Text[Cursor]))
        {
            Right();
        }

        while (Cursor < Text.Length && !char.IsWhiteSpace(Text[Cursor]))
        {
            Right();
        }
    }

    public void DeleteBefore() => Replace(Before(Cursor), "");

    public void DeleteAt() => Text = Text.Remove(Cursor, After(Cursor) - Cursor);

    public void DeleteToStart() => Replace(0, "");

    public void DeleteToEnd() => Text = Text[..Cursor];

    public void DeleteWordBefore() => Replace(WordStart(), "");

    private int WordStart()
    {
        var place = Cursor;
        while (place > 0 && char.IsWhiteSpace(Text[place - 1]))
        {
            place--;
        }

        while (place > 0 && !char.IsWhiteSpace(Text[place - 1]))
        {
            place--;
        }

        return place;
    }

    private int After(int place) => place >= Text.Length ? Text.Length : place + StringInfo.GetNextTextElementLength(Text, place);

    private int Before(int place)
    {
        var last = 0;
        for (var next = 0; next < place; next = After(next))
        {
            last = next;
        }

        return last;
    }
}
