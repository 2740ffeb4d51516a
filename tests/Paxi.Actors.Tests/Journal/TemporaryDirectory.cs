namespace Paxi.Actors.Tests.Journal;

/// <summary>A directory for one test; it does not exist until somebody makes it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("paxi-journal-").FullName;

    public string Path => System.IO.Path.Combine(_root, "1.1");

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
