namespace Paxi.Node.Cli.Shell;

/// <summary>The lines that were typed, the oldest first; kept in a file that only its owner may read, because values stand in it.</summary>
internal sealed class ShellHistory
{
    public const int MaxLines = 1000;

    private readonly string? _file;
    private readonly List<string> _lines;

    private ShellHistory(string? file, IEnumerable<string> lines) => (_file, _lines) = (file, [.. lines.TakeLast(MaxLines)]);

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Where the history of this user is.</summary>
    public static string DefaultFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "paxi", "shell-history");

    /// <summary>Reads it; a history that cannot be read or written is none, and no reason to stop.</summary>
    public static ShellHistory Load(string file)
    {
        try
        {
            return new ShellHistory(file, File.Exists(file) ? File.ReadAllLines(file) : []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new ShellHistory(null, []);
        }
    }

    /// <summary>Appends the line, unless it is the last one again.</summary>
    public void Add(string line)
    {
        if (_lines.Count > 0 && _lines[^1] == line)
        {
            return;
        }

        _lines.Add(line);
        if (_lines.Count > MaxLines)
        {
            _lines.RemoveAt(0);
        }
    }

    /// <summary>Writes it to the file, whole, in place of the old one.</summary>
    public void Save()
    {
        if (_file is null || _lines.Count == 0)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var fresh = _file + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var writer = new StreamWriter(fresh, options))
            {
                foreach (var line in _lines)
                {
                    writer.WriteLine(line);
                }
            }

            File.Move(fresh, _file, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Nobody asked for the history to be kept at any price.
        }
    }
}
