namespace Paxi.Bench.Tests.Reports;

/// <summary>A folder for pages, removed at the end; with <c>PAXI_PAGES=FOLDER</c> the pages are left there, to be looked at.</summary>
internal sealed class PageFolder : IDisposable
{
    private static readonly string? Kept = Environment.GetEnvironmentVariable("PAXI_PAGES");

    public PageFolder(string name)
    {
        Path = Kept is null ? Directory.CreateTempSubdirectory("paxi-pages-").FullName : System.IO.Path.Combine(Kept, name);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        if (Kept is null)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
