using System.Globalization;
using System.Text;

namespace Paxi.TestKit.Histories;

/// <summary>What an operation of a history did.</summary>
public enum OperationKind : byte
{
    /// <summary>Reads a key; <see cref="Operation.Result"/> is what it returned, null when the key was absent.</summary>
    Get,

    /// <summary>Writes <see cref="Operation.Value"/>.</summary>
    Set,

    /// <summary>Makes the key absent.</summary>
    Delete,

    /// <summary>Writes <see cref="Operation.Value"/> if the key holds <see cref="Operation.Expected"/>.</summary>
    CompareAndSet,

    /// <summary>Does all of <see cref="Operation.Parts"/>, in their order, at one instant.</summary>
    Transaction,
}

/// <summary>
/// One operation of one client, as the client saw it. Times are nanoseconds of one clock that all clients of the
/// history share. The same shape serves for the parts of a transaction, which carry neither client nor times.
/// </summary>
public sealed record Operation
{
    /// <summary>The client; it has at most one operation in progress, not counting those of unknown outcome.</summary>
    public long Client { get; init; }

    /// <summary>What was done.</summary>
    public required OperationKind Kind { get; init; }

    /// <summary>The key; empty for a transaction, whose parts have the keys.</summary>
    public string Key { get; init; } = "";

    /// <summary>What a set or a compare-and-set writes.</summary>
    public string? Value { get; init; }

    /// <summary>What a compare-and-set expects; null means that the key is absent.</summary>
    public string? Expected { get; init; }

    /// <summary>
    /// What a get returned; null means that the key was absent. On a set, delete or compare-and-set a result other
    /// than null is the value that the operation found, and it is checked; null says nothing.
    /// </summary>
    public string? Result { get; init; }

    /// <summary>For a completed compare-and-set: whether it wrote.</summary>
    public bool? Swapped { get; init; }

    /// <summary>True: completed. False: certainly without effect. Null: unknown, it may take effect at any later time or never.</summary>
    public bool? Ok { get; init; }

    /// <summary>When the client sent it, in nanoseconds.</summary>
    public long Start { get; init; }

    /// <summary>When the client had the answer, in nanoseconds; null if and only if <see cref="Ok"/> is null.</summary>
    public long? End { get; init; }

    /// <summary>The operations of a transaction; empty for the other kinds.</summary>
    public IReadOnlyList<Operation> Parts { get; init; } = [];

    /// <summary>The line of the file that it was read from, counted from 1; 0 when it came from no file.</summary>
    public int Line { get; init; }

    /// <summary>The operation in a few words, without client and times: <c>get k → "v"</c>.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        Describe(text, Ok);
        return text.ToString();
    }

    private void Describe(StringBuilder text, bool? ok)
    {
        switch (Kind)
        {
            case OperationKind.Get:
                text.Append(CultureInfo.InvariantCulture, $"get {Visible(Key)}");
                text.Append(ok == true ? $" → {Quote(Result)}" : "");
                break;
            case OperationKind.Set:
                text.Append(CultureInfo.InvariantCulture, $"set {Visible(Key)} {Quote(Value)}");
                break;
            case OperationKind.Delete:
                text.Append(CultureInfo.InvariantCulture, $"delete {Visible(Key)}");
                break;
            case OperationKind.CompareAndSet:
                text.Append(CultureInfo.InvariantCulture, $"cas {Visible(Key)} {Quote(Expected)} {Quote(Value)}");
                text.Append(ok != true ? "" : Swapped == true ? " → swapped" : " → not swapped");
                break;
            default:
                text.Append("txn [");
                for (int part = 0; part < Parts.Count; part++)
                {
                    text.Append(part == 0 ? "" : "; ");
                    Parts[part].Describe(text, ok);
                }

                text.Append(']');
                break;
        }

        if (Result is not null && ok == true && Kind is not (OperationKind.Get or OperationKind.Transaction))
        {
            text.Append(CultureInfo.InvariantCulture, $" (found {Quote(Result)})");
        }
    }

    /// <summary>A value as people read it: quoted, cut when long, <c>absent</c> for null.</summary>
    internal static string Quote(string? value)
    {
        const int shown = 40;
        return value is null ? "absent" : value.Length <= shown ? $"\"{Visible(value)}\"" : $"\"{Visible(value[..shown])}…\"";
    }

    /// <summary>The text with what would break or turn a line written as its number: keys and values may hold anything.</summary>
    internal static string Visible(string text)
    {
        if (!text.Any(IsHidden))
        {
            return text;
        }

        var visible = new StringBuilder();
        foreach (char character in text)
        {
            visible.Append(IsHidden(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString());
        }

        return visible.ToString();
    }

    /// <summary>Whether a character would break or turn a line, or not be seen.</summary>
    internal static bool IsHidden(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
