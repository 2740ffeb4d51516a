using System.Globalization;

namespace Paxi.Actors.Journal;

/// <summary>Whose journal a directory holds. A directory belongs to one replica and one algorithm for ever.</summary>
/// <param name="Replica">The replica that writes it.</param>
/// <param name="Algorithm">The protocol's name, as in <c>--algorithm</c>; gives the tables their meaning.</param>
/// <param name="Settings">
/// What the log and the state in it depend on, as <c>key=value</c> parted by spaces; the directory cannot be opened with other values. See
/// <see cref="Replicas.AgreedSettings.Durable"/>.
/// </param>
public sealed record JournalIdentity(ReplicaId Replica, string Algorithm, string Settings = "")
{
    /// <summary>The version of the layout on disk; a program opens only its own.</summary>
    public const int Format = 2;

    private const string Header = "paxi-journal";

    /// <summary>As in messages: <c>1.2 (paxos)</c>.</summary>
    public override string ToString() => $"{Replica} ({Algorithm})";

    /// <summary>The identity file's text: one line.</summary>
    internal string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{Header} format={Format} replica={Replica} algorithm={Algorithm}{(Settings.Length > 0 ? " " : "")}{Settings}\n");

    /// <summary>The first setting that another identity has with another value, with both values; null when there is none.</summary>
    internal (string Key, string Here, string There)? Difference(JournalIdentity other)
    {
        var (here, there) = (Pairs(Settings), Pairs(other.Settings));
        foreach (var key in here.Keys.Union(there.Keys))
        {
            var (left, right) = (here.GetValueOrDefault(key, "nothing"), there.GetValueOrDefault(key, "nothing"));
            if (left != right)
            {
                return (key, left, right);
            }
        }

        return null;
    }

    private static Dictionary<string, string> Pairs(string settings) => settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(static pair => pair.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair.Length > 1 ? pair[1] : "", StringComparer.Ordinal);

    /// <summary>The inverse of <see cref="ToText"/>; false when the text is not an identity of any format.</summary>
    internal static bool TryParse(string text, out JournalIdentity? identity, out int format)
    {
        identity = null;
        format = 0;
        var parts = text.TrimEnd('\n').Split(' ');
        if (parts.Length < 4 || parts[0] != Header
            || !TryValue(parts[1], "format=", out var number)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out format)
            || !TryValue(parts[2], "replica=", out var name) || !ReplicaId.TryParse(name, out var replica)
            || !TryValue(parts[3], "algorithm=", out var algorithm) || algorithm.Length == 0)
        {
            return false;
        }

        identity = new JournalIdentity(replica, algorithm, string.Join(' ', parts[4..]));
        return true;
    }

    private static bool TryValue(string part, string name, out string value)
    {
        value = part.StartsWith(name, StringComparison.Ordinal) ? part[name.Length..] : "";
        return value.Length > 0;
    }
}
