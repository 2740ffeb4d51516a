namespace Paxi.TestKit.Histories;

/// <summary>Takes the bytes of a history file in pieces and gives the history.</summary>
internal sealed class HistoryParser
{
    private readonly List<Operation> _operations = [];
    private readonly HistoryJson _json = new();
    private bool? _isJson;

    /// <summary>The number of the line that comes next, from 1.</summary>
    public int NextLine { get; private set; } = 1;

    /// <summary>Parses the whole lines of a piece, and the rest of it as well when the text ends there.</summary>
    /// <returns>How many bytes were used.</returns>
    public int Lines(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        int used = 0;
        while (used < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[used..];
            int length = rest.IndexOf((byte)'\n');
            if (length < 0 && !isEnd)
            {
                break;
            }

            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            Line(line);
            used += length < 0 ? rest.Length : length + 1;
            NextLine++;
        }

        return used;
    }

    /// <summary>The history, once all text was given.</summary>
    public History Finish()
    {
        if (_isJson == false)
        {
            return History.FromValidated(HistoryCsv.WithClients(_operations), checkClients: false);
        }

        return History.FromValidated(_operations, checkClients: true);
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        if (NextLine == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return;
        }

        bool isFirst = _isJson is null;
        _isJson ??= line[0] == (byte)'{';
        if (_isJson.Value)
        {
            _operations.Add(_json.Read(line, NextLine));
        }
        else if (HistoryCsv.Read(line, NextLine, isFirst) is { } operation)
        {
            _operations.Add(operation);
        }
    }
}
