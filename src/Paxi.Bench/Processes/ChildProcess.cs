using System.Diagnostics;
using System.Runtime.InteropServices;
using Paxi.Node.Cli;

namespace Paxi.Bench.Processes;

/// <summary>A process of ours: its last lines are kept, and it ends with us.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private const int LongestLine = 2000;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Lock _lock = new();
    private readonly Action<string>? _onLine;

    private ChildProcess(string name, ProcessStartInfo start, Action<string>? onLine)
    {
        Name = name;
        _onLine = onLine;
        _process = new Process { StartInfo = start };
        _process.EnableRaisingEvents = true;
        _process.OutputDataReceived += (_, line) => Keep(line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, isOutput: false);
    }

    /// <summary>Who it is, in messages.</summary>
    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Completes when it has ended, for whatever reason.</summary>
    public Task Exited => _process.WaitForExitAsync();

    /// <summary>What it printed last, at most 20 lines.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts a .NET program that lies next to this one.</summary>
    /// <param name="name">Who it is, in messages.</param>
    /// <param name="assembly">Its file, as <c>paxi.dll</c>.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="onLine">Sees every line of its standard output.</param>
    public static ChildProcess StartDotnet(string name, string assembly, IEnumerable<string> arguments, Action<string>? onLine = null) =>
        Start(name, DotnetHost(), [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments], onLine);

    /// <exception cref="UsageException">There is no such program.</exception>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var child = new ChildProcess(name, start, onLine);
        try
        {
            child._process.Start();
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new UsageException($"{program} cannot be started: {fault.Message.ReplaceLineEndings(" ")}");
        }

        var id = child.Id;
        Orphans.Watch(id);
        child._process.Exited += (_, _) => Orphans.Forget(id);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>A line to its standard input.</summary>
    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Asks it to end, and ends it when it does not within <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (_process.HasExited)
        {
            return;
        }

        using var timer = new CancellationTokenSource(patience);
        try
        {
            using var term = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or System.ComponentModel.Win32Exception)
        {
            Kill();
        }
    }

    /// <summary>Ends it and what it started, at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or AggregateException)
        {
            // It ended meanwhile.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>The <c>dotnet</c> of the runtime that runs this program.</summary>
    private static string DotnetHost()
    {
        // .../dotnet/shared/Microsoft.NETCore.App/10.0.0/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }

    private void Keep(string? line, bool isOutput)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] : line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }

        if (isOutput)
        {
            _onLine?.Invoke(line);
        }
    }
}
