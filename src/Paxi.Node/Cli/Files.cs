using System.Globalization;

namespace Paxi.Node.Cli;

/// <summary>Values from and to files, bounded; every failure is one line that names the file.</summary>
internal static class Files
{
    /// <exception cref="UsageException">It cannot be read, or has more than <paramref name="most"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, string argument, int most, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAsync(file, $"{argument} {path}", most, cancellation);
        }
        catch (Exception problem) when (IsOfThePath(problem))
        {
            throw new UsageException($"{argument} must be a file that can be read; {path}: {Reason(problem)}");
        }
    }

    /// <inheritdoc cref="ReadAsync(string, string, int, CancellationToken)"/>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream source, string name, int most, CancellationToken cancellation)
    {
        var bytes = new byte[most + 1];
        // A terminal's reads end with a line and heed no token: whoever interrupts does not wait for them.
        var length = await Task.Run(async () => await source.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation), cancellation)
            .WaitAsync(cancellation);
        return length <= most
            ? bytes.AsMemory(0, length)
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name}: a value must be at most {most} bytes"));
    }

    /// <exception cref="UsageException">It cannot be written.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllBytesAsync(path, bytes, cancellation);
        }
        catch (Exception problem) when (IsOfThePath(problem))
        {
            throw NotWritable(path, problem);
        }
    }

    /// <summary>Whether there can be a file at that place; asked before there is something to write. Nothing is opened, since it may be a pipe whose reader would see the end.</summary>
    /// <exception cref="UsageException">Its directory does not exist, or it is a directory itself.</exception>
    public static void CheckPlace(string path)
    {
        if (Directory.Exists(path))
        {
            throw NotWritable(path, new UnauthorizedAccessException());
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory && !Directory.Exists(directory))
        {
            throw NotWritable(path, new DirectoryNotFoundException());
        }
    }

    private static bool IsOfThePath(Exception problem) => problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static UsageException NotWritable(string path, Exception problem) => new($"--file must be a file that can be written; {path}: {Reason(problem)}");

    private static string Reason(Exception problem) => problem switch
    {
        FileNotFoundException => "no such file",
        DirectoryNotFoundException => "no such directory",
        UnauthorizedAccessException => "no permission, or a directory",
        _ => problem.Message.ReplaceLineEndings(" "),
    };
}
