using System.CommandLine;
using System.Globalization;

namespace Paxi.Bench.Cli;

/// <summary>Makes options that say in one line what they may be, as help and as error.</summary>
internal static class BenchOptions
{
    public static Option<bool> Flag(string name, string help) => new(name) { Description = help, Arity = ArgumentArity.Zero };

    public static Option<string?> Text(string name, string placeholder, string help) => new(name) { Description = help, HelpName = placeholder };

    public static Option<string?> Choice(string name, string help, params string[] choices)
    {
        var option = new Option<string?>(name) { Description = $"{help}: {string.Join(", ", choices)}", HelpName = "NAME" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!choices.Contains(text, StringComparer.Ordinal))
            {
                result.AddError($"{name} is '{text}'; it may be {string.Join(", ", choices)}");
            }

            return text;
        };
        return option;
    }

    public static Option<long> Whole(string name, string help, long preset, long least, long most) =>
        Number(name, help, preset, $"a whole number, {least} to {most}", (string text, out long value) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);

    public static Option<double> Real(string name, string help, double preset, double least, double most, bool showsPreset = true) =>
        Number(name, help, preset, $"a number, {least} to {most}", (string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= least && value <= most, showsPreset);

    /// <summary>A whole number, or two of them as in <c>10..1000</c>.</summary>
    public static Option<(int Least, int Most)> Range(string name, string help, int preset, int least, int most) => new(name)
    {
        Description = $"{help} (default: {preset})",
        HelpName = "N|A..B",
        DefaultValueFactory = _ => (preset, preset),
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var ends = text.Split("..");
            if (ends.Length <= 2
                && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                && least <= first && first <= last && last <= most)
            {
                return (first, last);
            }

            result.AddError($"{name} is '{text}'; it may be a whole number, {least} to {most}, or two of them as in 10..1000");
            return default;
        },
    };

    private delegate bool Reader<T>(string text, out T value);

    private static Option<T> Number<T>(string name, string help, T preset, string mayBe, Reader<T> reader, bool showsPreset = true)
        where T : struct, IFormattable => new(name)
        {
            Description = showsPreset ? $"{help} (default: {preset.ToString(null, CultureInfo.InvariantCulture)})" : help,
            HelpName = "N",
            DefaultValueFactory = _ => preset,
            CustomParser = result =>
            {
                if (!reader(result.Tokens[0].Value, out var value))
                {
                    result.AddError($"{name} is '{result.Tokens[0].Value}'; it may be {mayBe}");
                }

                return value;
            },
        };
}
