using System.Globalization;
using Spectre.Console;

namespace Paxi.Node.Cli.Shell;

/// <summary>Where keys come from: the console, or a test.</summary>
internal interface IKeys
{
    ConsoleKeyInfo Read();
}

/// <summary>What Tab offers for the word at the cursor.</summary>
/// <param name="Start">Where the word begins in the line.</param>
/// <param name="Words">What may stand there, as it is written on a line, in the order to show.</param>
internal sealed record Completions(int Start, IReadOnlyList<string> Words);

/// <summary>
/// Reads a line with the usual keys: arrows, Home and End, Ctrl-A E B F K U W D L, Alt or Ctrl with arrows for words, Up and Down for the history, Tab to complete.
/// A line longer than the terminal scrolls sideways. There is no library for this that is both kept up and to be had; RadLine is a preview.
/// </summary>
internal sealed class LineEditor(TextWriter output, IKeys keys, Func<int> width, ShellHistory history, Func<string, int, Completions> complete)
{
    private const string EraseToEnd = "\x1b[K";
    private const int MaxOffered = 60;

    /// <summary>Waits for a line.</summary>
    /// <param name="prompt">What stands in front; plain text.</param>
    /// <param name="promptShown">The same with styles.</param>
    /// <returns>The line; null at Ctrl-D on an empty one.</returns>
    public string? Read(string prompt, string promptShown)
    {
        var line = new EditLine();
        var place = history.Lines.Count;
        var draft = "";
        while (true)
        {
            Draw(prompt, promptShown, line);
            var key = keys.Read();
            var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    line.End();
                    Draw(prompt, promptShown, line);
                    output.Write("\n");
                    return line.Text;
                case ConsoleKey.D when control && line.Text.Length == 0:
                    output.Write("\n");
                    return null;
                case ConsoleKey.C when control:
                    line.End();
                    Draw(prompt, promptShown, line);
                    output.Write("^C\n");
                    line.Set("");
                    place = history.Lines.Count;
                    break;
                case ConsoleKey.UpArrow or ConsoleKey.P when key.Key == ConsoleKey.UpArrow || control:
                    Recall(line, ref place, ref draft, place - 1);
                    break;
                case ConsoleKey.DownArrow or ConsoleKey.N when key.Key == ConsoleKey.DownArrow || control:
                    Recall(line, ref place, ref draft, place + 1);
                    break;
                case ConsoleKey.Tab:
                    Complete(line);
                    break;
                case ConsoleKey.L when control:
                    output.Write("\x1b[2J\x1b[H");
                    break;
                default:
                    Edit(line, key);
                    break;
            }
        }
    }

    private static void Edit(EditLine line, ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var word = control || key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        Action? action = (key.Key, control, word) switch
        {
            (ConsoleKey.LeftArrow, _, true) or (ConsoleKey.B, false, true) => line.WordLeft,
            (ConsoleKey.RightArrow, _, true) or (ConsoleKey.F, false, true) => line.WordRight,
            (ConsoleKey.LeftArrow, _, _) or (ConsoleKey.B, true, _) => line.Left,
            (ConsoleKey.RightArrow, _, _) or (ConsoleKey.F, true, _) => line.Right,
            (ConsoleKey.Home, _, _) or (ConsoleKey.A, true, _) => line.Home,
            (ConsoleKey.End, _, _) or (ConsoleKey.E, true, _) => line.End,
            (ConsoleKey.Backspace, _, true) or (ConsoleKey.W, true, _) => line.DeleteWordBefore,
            (ConsoleKey.Backspace, _, _) or (ConsoleKey.H, true, _) => line.DeleteBefore,
            (ConsoleKey.Delete, _, _) or (ConsoleKey.D, true, _) => line.DeleteAt,
            (ConsoleKey.K, true, _) => line.DeleteToEnd,
            (ConsoleKey.U, true, _) => line.DeleteToStart,
            _ => null,
        };
        if (action is not null)
        {
            action();
        }
        else if (!word && !char.IsControl(key.KeyChar))
        {
            line.Insert(key.KeyChar.ToString());
        }
    }

    private void Recall(EditLine line, ref int place, ref string draft, int wanted)
    {
        if (wanted < 0 || wanted > history.Lines.Count)
        {
            return;
        }

        if (place == history.Lines.Count)
        {
            draft = line.Text;
        }

        place = wanted;
        line.Set(place == history.Lines.Count ? draft : history.Lines[place]);
    }

    private void Complete(EditLine line)
    {
        var offered = complete(line.Text, line.Cursor);
        if (offered.Words.Count == 0)
        {
            return;
        }

        if (offered.Words.Count == 1)
        {
            line.Replace(offered.Start, offered.Words[0] + " ");
            return;
        }

        var shared = SharedStart(offered.Words);
        if (shared.Length > line.Cursor - offered.Start)
        {
            line.Replace(offered.Start, shared);
            return;
        }

        Show(offered.Words);
    }

    private void Show(IReadOnlyList<string> words)
    {
        output.Write("\n");
        var column = words.Take(MaxOffered).Max(word => word.GetCellWidth()) + 2;
        var perLine = Math.Max(1, width() / column);
        for (var index = 0; index < Math.Min(words.Count, MaxOffered); index++)
        {
            var isLast = index == words.Count - 1 || index == MaxOffered - 1 || (index + 1) % perLine == 0;
            output.Write(words[index]);
            output.Write(isLast ? "\n" : new string(' ', column - words[index].GetCellWidth()));
        }

        if (words.Count > MaxOffered)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"… and {words.Count - MaxOffered} more\n"));
        }
    }

    private static string SharedStart(IReadOnlyList<string> words)
    {
        var length = words.Min(word => word.Length);
        for (var index = 0; index < length; index++)
        {
            if (words.Any(word => word[index] != words[0][index]))
            {
                return words[0][..index];
            }
        }

        return words[0][..length];
    }

    /// <summary>Draws the part of the line around the cursor that fits into one row of the terminal.</summary>
    private void Draw(string prompt, string promptShown, EditLine line)
    {
        var room = Math.Max(10, width() - prompt.GetCellWidth() - 1);
        var start = 0;
        while (line.Text[start..line.Cursor].GetCellWidth() > room)
        {
            start += StringInfo.GetNextTextElementLength(line.Text, start);
        }

        var end = start;
        while (end < line.Text.Length)
        {
            var next = end + StringInfo.GetNextTextElementLength(line.Text, end);
            if (line.Text[start..next].GetCellWidth() > room)
            {
                break;
            }

            end = next;
        }

        var column = prompt.GetCellWidth() + line.Text[start..line.Cursor].GetCellWidth();
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{promptShown}{line.Text.AsSpan(start, end - start)}{EraseToEnd}\r\x1b[{column}C"));
    }
}
