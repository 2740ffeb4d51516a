using System.Globalization;

namespace Paxi.Node.Cli;

/// <summary>Seeds from the first to the last, both included: <c>1..100</c>.</summary>
internal readonly record struct SeedRange(ulong First, ulong Last)
{
    /// <summary>So many seeds at most; a longer range is two commands.</summary>
    public const ulong MaxCount = 10_000_000;

    public static bool TryParse(string text, out SeedRange range)
    {
        range = default;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 1 ||
            !ulong.TryParse(text.AsSpan(0, dots), NumberStyles.None, CultureInfo.InvariantCulture, out var first) ||
            !ulong.TryParse(text.AsSpan(dots + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ||
            last < first || last - first >= MaxCount)
        {
            return false;
        }

        range = new SeedRange(first, last);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}..{Last}");
}
