using System.Globalization;
using System.Text.RegularExpressions;

namespace Paxi.Actors.Configuration;

/// <summary>What kind of value a key takes, taken from the form of its default, and how far it may go.</summary>
internal sealed partial class SettingKind
{
    private readonly Func<string, bool> _accepts;

    private SettingKind(string may, Func<string, bool> accepts) => (MayBe, _accepts) = (may, accepts);

    /// <summary>Akka's; it takes any other word for one of these.</summary>
    public static SettingKind LogLevel { get; } = OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "OFF"], StringComparer.OrdinalIgnoreCase);

    /// <summary>In words, behind "may be".</summary>
    public string MayBe { get; }

    public bool Accepts(string text) => _accepts(text);

    /// <param name="name">The key's last segment: one that ends in <c>bytes</c> is a size.</param>
    /// <param name="path">The key behind <c>paxi.</c></param>
    /// <param name="standard">The default's text.</param>
    public static SettingKind Of(string path, string name, string standard)
    {
        if (Words.TryGetValue(path, out var words))
        {
            return OneOf(words, StringComparer.Ordinal);
        }

        if (standard is "on" or "off")
        {
            return new SettingKind("on or off", text => text is "on" or "off" or "true" or "false");
        }

        if (name.EndsWith("bytes", StringComparison.Ordinal))
        {
            return Bytes;
        }

        if (DurationForm().IsMatch(standard))
        {
            return Duration;
        }

        if (long.TryParse(standard, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return Numbers.TryGetValue(path, out var range) ? Number(range.Min, range.Max) : Number(1, int.MaxValue);
        }

        return new SettingKind("a text", text => text.Length > 0);
    }

    private static SettingKind OneOf(string[] words, StringComparer comparer) =>
        new(string.Join(", ", words[..^1]) + " or " + words[^1], text => words.Contains(text, comparer));

    private static SettingKind Number(long min, long max) => new(
        max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}",
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max);

    /// <summary>Timers of Akka take whole milliseconds.</summary>
    private static readonly SettingKind Duration = new("a time from 1ms to 1h, as 250ms or 2s", text =>
        DurationForm().Match(text) is { Success: true } match
        && double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Milliseconds(match.Groups[2].Value) is >= 1 and <= 3_600_000);

    private static readonly SettingKind Bytes = new("a size from 1 byte to 1g, as 65536, 256k or 1m", text =>
        SizeForm().Match(text) is { Success: true } match
        && double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Factor(match.Groups[2].Value) is >= 1 and <= 1 << 30);

    /// <summary>Keys whose value is one of a few words.</summary>
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["journal"] = ["disk", "memory"],
        ["read"] = ["log", "leader", "quorum", "any"],
        ["steal.policy"] = ["null", "immediate", "consecutive", "majority", "ema"],
    };

    /// <summary>Ranges other than "from 1".</summary>
    private static readonly Dictionary<string, (long Min, long Max)> Numbers = new(StringComparer.Ordinal)
    {
        ["quorum.q1"] = (0, Quorums.VoteSet.MaxMembers),
        ["quorum.q2"] = (0, Quorums.VoteSet.MaxMembers),
        ["grid.fz"] = (0, Quorums.VoteSet.MaxMembers - 1),
        ["groups"] = (0, 64),
        ["group-size"] = (0, Quorums.VoteSet.MaxMembers),
        ["lease.max-drift"] = (0, 500_000),
        ["snapshot.retain-slots"] = (0, int.MaxValue),
        ["steal.threshold"] = (0, int.MaxValue),
    };

    private static double Milliseconds(string unit) => unit switch
    {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => 3_600_000,
    };

    private static double Factor(string unit) => unit switch
    {
        "" or "b" or "B" => 1,
        "k" or "K" => 1 << 10,
        "m" or "M" => 1 << 20,
        _ => 1 << 30,
    };

    [GeneratedRegex(@"^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|m|h)$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"^(\d{1,10}) ?(b|B|k|K|m|M|g|G)?$", RegexOptions.CultureInvariant)]
    private static partial Regex SizeForm();
}
