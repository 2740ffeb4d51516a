using System.Diagnostics;
using Xunit;

namespace Paxi.Processes.Tests;

/// <summary>A journal that cannot be written stops its replica from answering; it never makes it lie.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_replica_whose_disk_is_full_stops_answering_and_the_others_go_on()
    {
        await using var cluster = new ProcessCluster(3);
        using var disk = SmallDisk.Mount(Path.Combine(cluster.Data, cluster.Id(2)), megabytes: 64);
        await cluster.StartAllAsync();
        await using var clients = RecordedClients.Start(cluster);
        await clients.UntilAcknowledgedAsync(100);

        disk.Fill();
        await cluster.UntilAsync("1.3 gives up", async () =>
        {
            // The journal has room that it took in advance; large values use that up.
            await cluster.PutAsync(0, "filler", new string('x', 500_000));
            return await cluster.StatusAsync(2, static status => status.GetProperty("state").GetString()) == "failed";
        });
        await clients.UntilAcknowledgedAsync(100);
        Assert.NotEqual("", await cluster.StatusAsync(2, static status => status.GetProperty("reason").GetString()));
        Assert.Contains(cluster[2].Errors, static line => line.Contains("replica 1.3 stops answering", StringComparison.Ordinal));

        await cluster.KillAsync(2);
        disk.Empty();
        cluster.Start(2);
        await cluster.UntilCaughtUpAsync(2, 0);
        await clients.FinishAsync(0, 1, 2);
    }
}

/// <summary>A test that needs a disk of its own, which only root may make.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.CanMount.Value)
        {
            Skip = "needs the right to mount a tmpfs";
        }
    }
}

/// <summary>A file system in memory of a given size.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly TimeSpan MountPatience = TimeSpan.FromSeconds(20);

    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    public static Lazy<bool> CanMount { get; } = new(static () =>
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var path = Directory.CreateTempSubdirectory("paxi-mount-").FullName;
        try
        {
            return Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path) && Run("umount", path);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(path);
        }
    });

    private string Filler => Path.Combine(_path, "..filler");

    public static SmallDisk Mount(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        Assert.True(Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path), $"no tmpfs at {path}");
        return new SmallDisk(path);
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose() => Run("umount", "-l", _path);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        if (!process.WaitForExit(MountPatience))
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {MountPatience.TotalSeconds} s");
        }

        return process.ExitCode == 0;
    }
}
