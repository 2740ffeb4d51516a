using Paxi.Node.Cli;

namespace Paxi.Bench.Processes;

/// <summary>A directory that is gone afterwards, however this process ends.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <param name="parent">Where to make it; null for the system's place for temporary files.</param>
    /// <exception cref="UsageException">It cannot be made there.</exception>
    public TemporaryDirectory(string? parent)
    {
        var place = System.IO.Path.GetFullPath(parent ?? System.IO.Path.GetTempPath());
        try
        {
            Directory.CreateDirectory(place);
            Path = Directory.CreateDirectory(System.IO.Path.Combine(place, $"paxi-bench-{Guid.NewGuid():N}"[..23])).FullName;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"no directory can be made in {place}: {fault.Message}");
        }

        Orphans.Remove(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"paxi-bench: {Path} could not be removed: {fault.Message}");
        }
    }
}
