using Akka.Configuration;

namespace Paxi.Actors.Configuration;

/// <summary>A configuration file with all that it includes.</summary>
internal sealed class HoconFile
{
    private const int MaxDepth = 16;
    private const long MaxBytes = 1 << 20;

    private readonly Func<string, string?> _environment;
    private readonly List<(string Path, string Text)> _texts = [];
    private int _depth;

    private HoconFile(Func<string, string?> environment) => _environment = environment;

    public Config Content { get; private set; } = Config.Empty;

    /// <exception cref="ConfigurationException">Not there, not readable, not HOCON; one line.</exception>
    public static HoconFile Load(string path, Func<string, string?>? environment = null)
    {
        var file = new HoconFile(environment ?? Environment.GetEnvironmentVariable);
        var text = file.Read(path, null);
        try
        {
            file.Content = ConfigurationFactory.ParseString(text);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The parser throws bare exceptions of many types, whatever displeases it.
            throw new ConfigurationException($"{path} is not HOCON: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }

        return file;
    }

    /// <summary>Content that came from elsewhere.</summary>
    /// <param name="source">From where, for messages.</param>
    public static HoconFile Of(string source, Config content)
    {
        var file = new HoconFile(Environment.GetEnvironmentVariable) { Content = content };
        file._texts.Add((source, ""));
        return file;
    }

    public string? Variable(string name) => _environment(name);

    /// <summary>The expanded text of a file.</summary>
    /// <param name="includedFrom">Where the include stands, or null.</param>
    public string Read(string path, string? includedFrom)
    {
        var from = includedFrom is null ? "" : $" (included at {includedFrom})";
        if (++_depth > MaxDepth)
        {
            throw new ConfigurationException($"{path}: files include one another more than {MaxDepth} deep{from}");
        }

        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new ConfigurationException($"{path} has more than {MaxBytes} bytes; it is no configuration{from}");
            }

            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(Directory.Exists(path) ? $"{path} is a directory, not a configuration file{from}"
                : $"{path} is not there{from}; name a configuration file with --config FILE", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read{from}: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }

        _texts.Add((path, text));
        var expanded = HoconScanner.Expand(this, path, text);
        _depth--;
        return expanded;
    }

    /// <summary>Where a key of that last segment stands, as <c>file:line</c>; the file alone when it stands at several places or none.</summary>
    public string Locate(string key)
    {
        string? found = null;
        foreach (var (path, text) in _texts)
        {
            var line = 0;
            foreach (var content in text.AsSpan().EnumerateLines())
            {
                line++;
                if (!Names(content, key))
                {
                    continue;
                }

                if (found is not null)
                {
                    return _texts[0].Path;
                }

                found = $"{path}:{line}";
            }
        }

        return found ?? _texts[0].Path;
    }

    /// <summary>Whether the line has the key, bare or in quotes, where a value may follow.</summary>
    private static bool Names(ReadOnlySpan<char> line, string key)
    {
        var at = line.IndexOf(key, StringComparison.Ordinal);
        if (at < 0 || line[..at].Contains('#'))
        {
            return false;
        }

        var before = at == 0 ? ' ' : line[at - 1];
        var after = line[(at + key.Length)..].TrimStart("\" \t");
        return (before is '"' or '.' or '{' or ',' || char.IsWhiteSpace(before)) && !after.IsEmpty && after[0] is '=' or ':' or '{' or '.';
    }
}
