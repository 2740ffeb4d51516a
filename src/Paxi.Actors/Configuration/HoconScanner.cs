using System.Text;

namespace Paxi.Actors.Configuration;

/// <summary>
/// Prepares a file for Akka's HOCON parser, which passes over mistakes in silence and knows neither <c>include</c> nor the environment. Splices included files,
/// puts in what <c>${NAME}</c> and <c>${?NAME}</c> stand for (ALL_CAPS names; in quotes as well), takes away the comma behind <c>}</c>, and names with its line what that
/// parser would misread: a brace or quote left open, two values in one statement, a key without a value, <c>+=</c>.
/// </summary>
internal sealed class HoconScanner
{
    private readonly HoconFile _file;
    private readonly string _path;
    private readonly string _text;
    private readonly StringBuilder _output = new();
    private readonly Stack<(char Bracket, int Line)> _open = new();
    private int _index;
    private int _line = 1;

    /// <summary>Where in the output the current <c>key = value</c> (or element of a list) begins, and how many <c>=</c> it has had.</summary>
    private int _statement;
    private int _assignments;

    private HoconScanner(HoconFile file, string path, string text) => (_file, _path, _text) = (file, path, text);

    /// <param name="file">Knows the environment, and the files that are included.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <exception cref="ConfigurationException">One line that begins with <c>file:line</c>.</exception>
    public static string Expand(HoconFile file, string path, string text) => new HoconScanner(file, path, text.ReplaceLineEndings("\n")).Expand();

    private bool AtEnd => _index >= _text.Length;

    private bool InList => _open.TryPeek(out var open) && open.Bracket == '[';

    private string Expand()
    {
        while (!AtEnd)
        {
            Step(_text[_index]);
        }

        EndStatement();
        if (_open.TryPeek(out var open))
        {
            throw Wrong(open.Line, $"the {open.Bracket} of this line is never closed");
        }

        return _output.ToString();
    }

    private void Step(char next)
    {
        switch (next)
        {
            case '#':
            case '/' when Follows("//"):
                _index = EndOfLine();
                break;
            case '"':
                TakeText();
                break;
            case '$' when Follows("${"):
                TakeSubstitution(quoted: false);
                break;
            case '{' or '[':
                Open(next);
                break;
            case '}' or ']':
                Close(next);
                break;
            case '+' when Follows("+="):
                throw Wrong(_line, "+= is not understood; write the whole list with =");
            case '=' or ':':
                Assign(next);
                break;
            case ',':
                EndStatement();
                Copy();
                _statement = _output.Length;
                break;
            case '\n':
                EndLine();
                break;
            default:
                if (!TryInclude())
                {
                    Copy();
                }

                break;
        }
    }

    private void Copy() => _output.Append(_text[_index++]);

    private bool Follows(string text) => string.CompareOrdinal(_text, _index, text, 0, text.Length) == 0;

    private int EndOfLine()
    {
        var end = _text.IndexOf('\n', _index);
        return end < 0 ? _text.Length : end;
    }

    private string Statement => _output.ToString(_statement, _output.Length - _statement).Trim();

    private void Assign(char sign)
    {
        if (++_assignments > 1)
        {
            throw Wrong(_line, $"a second {sign} in one statement; is the value of the first missing, or does a text need quotes?");
        }

        if (Statement.Length == 0)
        {
            throw Wrong(_line, $"{sign} without a key before it");
        }

        Copy();
    }

    private void EndLine()
    {
        var statement = Statement;
        // A value may stand on the line after its =, and a { on the line after its key.
        if (statement.Length > 0 && !EndsWithSign(statement) && NextMark() != '{')
        {
            EndStatement();
            Copy();
            _statement = _output.Length;
        }
        else
        {
            Copy();
        }

        _line++;
    }

    private static bool EndsWithSign(string statement) => statement[^1] is '=' or ':';

    private void EndStatement()
    {
        var statement = Statement;
        if (statement.Length > 0 && EndsWithSign(statement))
        {
            throw Wrong(_line, $"{statement} has no value");
        }

        if (statement.Length > 0 && _assignments == 0 && !InList)
        {
            throw Wrong(_line, $"{statement} is neither key = value nor key {{ }}");
        }

        _assignments = 0;
        _statement = _output.Length;
    }

    /// <summary>The next character that is neither blank nor in a comment, or 0.</summary>
    private char NextMark()
    {
        var at = _index;
        while (at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[at]))
            {
                at++;
            }
            else if (_text[at] == '#' || string.CompareOrdinal(_text, at, "//", 0, 2) == 0)
            {
                var end = _text.IndexOf('\n', at);
                at = end < 0 ? _text.Length : end;
            }
            else
            {
                return _text[at];
            }
        }

        return '\0';
    }

    private void Open(char bracket)
    {
        _open.Push((bracket, _line));
        Copy();
        _statement = _output.Length;
        _assignments = 0;
    }

    private void Close(char bracket)
    {
        EndStatement();
        if (!_open.TryPop(out var open) || open.Bracket != (bracket == '}' ? '{' : '['))
        {
            throw Wrong(_line, $"{bracket} closes nothing");
        }

        Copy();
        // The parser takes a comma behind "key { … }" for an unknown token.
        if (bracket == '}' && NextMark() == ',')
        {
            _line += _text.AsSpan(_index, _text.IndexOf(',', _index) - _index).Count('\n');
            _index = _text.IndexOf(',', _index) + 1;
            _output.Append(InList ? ',' : '\n');
        }

        // What closes is a value, or ends one; a statement may go on behind a list (concatenation), which needs no check.
        _statement = _output.Length;
        _assignments = 0;
    }

    private void TakeText()
    {
        if (Follows("\"\"\""))
        {
            var end = _text.IndexOf("\"\"\"", _index + 3, StringComparison.Ordinal);
            if (end < 0)
            {
                throw Wrong(_line, "the \"\"\" of this line is never closed");
            }

            var block = _text.AsSpan(_index, end + 3 - _index);
            _output.Append(block);
            _line += block.Count('\n');
            _index = end + 3;
            return;
        }

        Copy();
        while (!AtEnd && _text[_index] is not ('"' or '\n'))
        {
            if (Follows("${"))
            {
                TakeSubstitution(quoted: true);
                continue;
            }

            if (_text[_index] == '\\')
            {
                Copy();
            }

            if (!AtEnd)
            {
                Copy();
            }
        }

        if (AtEnd || _text[_index] == '\n')
        {
            throw Wrong(_line, "a \" of this line is never closed");
        }

        Copy();
    }

    private void TakeSubstitution(bool quoted)
    {
        var end = _text.IndexOf('}', _index);
        if (end < 0 || end > EndOfLine())
        {
            throw Wrong(_line, "the ${ of this line is never closed");
        }

        var name = _text[(_index + 2)..end].Trim();
        var optional = name.StartsWith('?');
        name = name.TrimStart('?');
        if (!IsVariable(name))
        {
            if (optional)
            {
                throw Wrong(_line, $"${{?{name}}} is understood for variables of the environment only, whose names are ALL_CAPS");
            }

            // A reference to another key: the parser's business; in quotes it is text.
            _output.Append(_text, _index, end + 1 - _index);
            _index = end + 1;
            return;
        }

        _index = end + 1;
        if (_file.Variable(name) is { } value)
        {
            _output.Append(quoted ? Escape(value) : Bare(value));
        }
        else if (!optional)
        {
            throw Wrong(_line, $"the environment has no variable {name}; set it, or write ${{?{name}}} where it may be missing");
        }
        else if (!quoted)
        {
            DropStatement();
        }
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => letter == '_' || char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter));

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n");

    private static string Bare(string value) =>
        value.Length > 0 && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '/') ? value : $"\"{Escape(value)}\"";

    /// <summary>An optional variable that is not set: as a whole value it takes its key away, so that an earlier value stays; within a value it is nothing.</summary>
    private void DropStatement()
    {
        var before = Statement;
        var next = _text.AsSpan(_index, EndOfLine() - _index).TrimStart(" \t");
        var isWhole = (before.Length == 0 || EndsWithSign(before)) && (next.IsEmpty || next[0] is ',' or '}' or ']' or '#' || next.StartsWith("//"));
        if (!isWhole)
        {
            return;
        }

        _output.Length = _statement;
        _assignments = 0;
        if (!next.IsEmpty && next[0] == ',')
        {
            _index = _text.IndexOf(',', _index) + 1;
        }
    }

    /// <summary><c>include "file"</c> where a key could stand; the name is relative to the file that has it.</summary>
    private bool TryInclude()
    {
        const string Word = "include";
        if (!Follows(Word) || Statement.Length > 0)
        {
            return false;
        }

        var rest = _text.AsSpan(_index + Word.Length, EndOfLine() - _index - Word.Length).Trim();
        if (rest.StartsWith("required(") || rest.StartsWith("file(") || rest.StartsWith("url(") || rest.StartsWith("classpath("))
        {
            throw Wrong(_line, "only include \"FILE\" is understood, relative to this file");
        }

        if (rest.IsEmpty || rest[0] != '"')
        {
            return false;
        }

        var length = rest[1..].IndexOf('"');
        if (length < 1)
        {
            throw Wrong(_line, "write include \"FILE\", relative to this file");
        }

        var name = rest.Slice(1, length).ToString();
        _output.Append('\n').Append(_file.Read(Path.Combine(Path.GetDirectoryName(_path) ?? "", name), $"{_path}:{_line}")).Append('\n');
        _index = _text.IndexOf('"', _text.IndexOf('"', _index) + 1) + 1;
        _statement = _output.Length;
        return true;
    }

    private ConfigurationException Wrong(int line, string what) => new($"{_path}:{line}: {what.ReplaceLineEndings(" ")}");
}
