using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Paxi.Actors.Configuration;

/// <summary>Compares a file's section <c>paxi</c> with the reference configuration: every key must be known there, and its value of the kind and range.</summary>
internal static class SettingsCheck
{
    /// <summary>Sections whose keys are ids of replicas, or Akka's own.</summary>
    private static readonly string[] OpenSections = ["address", "http-address", "dispatcher", "client.dispatcher"];

    /// <summary>The sections of a file.</summary>
    private static readonly string[] TopSections = ["paxi", "akka"];

    /// <summary>Of Akka's section, whose other keys are Akka's affair.</summary>
    private static readonly string[] LogLevelKeys = ["loglevel", "stdout-loglevel"];

    /// <exception cref="ConfigurationException">The first key that is unknown or wrong: its name, what it may be, where.</exception>
    public static void Check(HoconFile file)
    {
        if (file.Content.IsEmpty)
        {
            return;
        }

        foreach (var (key, value) in file.Content.Root.GetObject().Items)
        {
            if (!TopSections.Contains(key))
            {
                throw Unknown(file, "", key, TopSections);
            }

            if (!value.IsObject())
            {
                throw new ConfigurationException($"{key} is a section: write {key} {{ … }} ({file.Locate(key)})");
            }
        }

        CheckSection(file);
        foreach (var key in LogLevelKeys)
        {
            if (file.Content.GetString($"akka.{key}") is { } level && !SettingKind.LogLevel.Accepts(level))
            {
                throw Wrong(file, $"akka.{key}", key, level, SettingKind.LogLevel);
            }
        }
    }

    /// <summary>The section <c>paxi</c> alone, in a configuration that holds other things, too.</summary>
    /// <inheritdoc cref="Check(HoconFile)"/>
    public static void CheckSection(HoconFile file)
    {
        if (file.Content.HasPath("paxi"))
        {
            Check(file, file.Content.GetConfig("paxi").Root.GetObject(), Reference.Whole.GetConfig("paxi").Root.GetObject(), "");
        }
    }

    private static void Check(HoconFile file, HoconObject written, HoconObject reference, string prefix)
    {
        foreach (var (key, value) in written.Items)
        {
            var path = prefix + key;
            if (!reference.Items.TryGetValue(key, out var standard))
            {
                throw Unknown(file, $"paxi.{prefix}", key, reference.Items.Keys);
            }

            if (OpenSections.Contains(path))
            {
                RequireSection(file, value, path, key);
            }
            else if (standard.IsObject())
            {
                RequireSection(file, value, path, key);
                Check(file, value.GetObject(), standard.GetObject(), path + ".");
            }
            else
            {
                CheckValue(file, path, key, value, standard.GetString());
            }
        }
    }

    /// <summary>A value from the command line, held to the same rules.</summary>
    /// <param name="path">The key behind <c>paxi.</c></param>
    /// <param name="option">As written on the command line.</param>
    public static void CheckOption(string path, string option, string text)
    {
        var kind = SettingKind.Of(path, path, Reference.Whole.GetConfig("paxi").GetString(path));
        if (!kind.Accepts(text))
        {
            throw new ConfigurationException($"{option} {text}: it may be {kind.MayBe}");
        }
    }

    private static void RequireSection(HoconFile file, HoconValue value, string path, string key)
    {
        if (!value.IsObject() && !IsEmpty(value))
        {
            throw new ConfigurationException($"paxi.{path} is a section: write {path} {{ … }} ({file.Locate(key)})");
        }
    }

    private static bool IsEmpty(HoconValue value) => value.Values.Count == 0;

    private static void CheckValue(HoconFile file, string path, string key, HoconValue value, string standard)
    {
        var kind = SettingKind.Of(path, key, standard);
        var text = value.IsString() ? value.GetString() : null;
        if (text is null || !kind.Accepts(text))
        {
            throw Wrong(file, $"paxi.{path}", key, text, kind);
        }
    }

    /// <param name="text">Null when it is no text.</param>
    private static ConfigurationException Wrong(HoconFile file, string path, string key, string? text, SettingKind kind)
    {
        var shown = text is null ? "is a section or list" : $"= {OneLine(text)}";
        return new ConfigurationException($"{path} {shown}: it may be {kind.MayBe} ({file.Locate(key)})");
    }

    private static string OneLine(string text) => text.Length > 100 ? text[..100].ReplaceLineEndings(" ") + "…" : text.ReplaceLineEndings(" ");

    private static ConfigurationException Unknown(HoconFile file, string prefix, string key, IEnumerable<string> known)
    {
        var names = known.ToList();
        var hint = NearMiss.Find(key, names) is { } near ? $"; did you mean {near}?" : $"; it may be {string.Join(", ", names)}";
        return new ConfigurationException($"{prefix}{OneLine(key)} is no known key{hint} ({file.Locate(key)})");
    }
}
