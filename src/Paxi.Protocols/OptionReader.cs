using System.Globalization;
using Akka.Configuration;

namespace Paxi.Protocols;

/// <summary>Reads the protocols' settings from the section <c>paxi</c>. What is out of range throws <see cref="ArgumentException"/> with the one line to show: the key, what it is, what it may be.</summary>
internal static class OptionReader
{
    /// <summary>A whole number.</summary>
    public static int Whole(Config paxi, string key, int least, int most)
    {
        var text = paxi.GetString(key) ?? "";
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.{key} = {text}; it may be a whole number from {least} to {most}"));
    }

    /// <summary>Bytes.</summary>
    public static long Size(Config paxi, string key, long least, long most)
    {
        var value = Read(paxi, key, static (config, path) => config.GetByteSize(path) ?? -1, "a size as in 256k");
        return value >= least && value <= most
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.{key} = {paxi.GetString(key)}; it may be from {least} to {most} bytes"));
    }

    /// <summary>A time; the bounds are milliseconds.</summary>
    public static TimeSpan Span(Config paxi, string key, int least, int most)
    {
        var value = Read(paxi, key, static (config, path) => config.GetTimeSpan(path, allowInfinite: false), "a time as in 100ms");
        return value.TotalMilliseconds >= least && value.TotalMilliseconds <= most
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"paxi.{key} = {paxi.GetString(key)}; it may be from {least} ms to {most} ms"));
    }

    /// <summary>One of a few words.</summary>
    public static string Word(Config paxi, string key, params ReadOnlySpan<string> words)
    {
        var text = paxi.GetString(key) ?? "";
        return words.Contains(text) ? text : throw new ArgumentException($"paxi.{key} = {text}; it may be {string.Join(", ", words.ToArray())}");
    }

    /// <summary>A number with a fraction.</summary>
    public static double Number(Config paxi, string key, double least, double most)
    {
        var text = paxi.GetString(key) ?? "";
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"paxi.{key} = {text}; it may be a number from {least} to {most}"));
    }

    private static T Read<T>(Config paxi, string key, Func<Config, string, T> read, string form)
    {
        try
        {
            return read(paxi, key);
        }
        catch (Exception cause) when (cause is FormatException or ConfigurationException or OverflowException)
        {
            throw new ArgumentException($"paxi.{key} = {paxi.GetString(key)}; it must be {form}", cause);
        }
    }
}
