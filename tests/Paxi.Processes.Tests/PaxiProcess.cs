using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Paxi.Processes.Tests;

/// <summary>A process of the program <c>paxi</c>, with what it said. Killed, at the latest, when it is disposed of.</summary>
internal sealed partial class PaxiProcess : IAsyncDisposable
{
    private const int MaxLines = 1000;
    private const int Interrupt = 2;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>The kernel ends a killed process soon; only a machine out of memory or a disk that hangs takes longer.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private PaxiProcess(string assembly, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A dozen young processes on few cores compile more than they work; profiles are worth their time only to those that run for long.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
    }

    public IReadOnlyList<string> Output => [.. _output];

    public IReadOnlyList<string> Errors => [.. _errors];

    public bool HasExited => _process.HasExited;

    public static PaxiProcess Start(params IEnumerable<string> arguments) => StartProgram("paxi.dll", arguments);

    /// <summary>The program <c>paxi-bench</c>.</summary>
    public static PaxiProcess StartBench(params IEnumerable<string> arguments) => StartProgram("paxi-bench.dll", arguments);

    private static PaxiProcess StartProgram(string assembly, IEnumerable<string> arguments)
    {
        var process = new PaxiProcess(assembly, arguments);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits for its end, however it comes, and until all that it said was read.</summary>
    /// <exception cref="TimeoutException">It runs still, or somebody else holds its output open.</exception>
    public async Task<int> ExitStatusAsync(TimeSpan patience)
    {
        using var timer = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(string.Join('\n', [$"process {_process.Id} did not end within {patience.TotalSeconds} s; it said:", .. Output, .. Errors]));
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing is written or said any more.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await ExitStatusAsync(KillPatience);
    }

    /// <summary>Ctrl-C.</summary>
    public void SendInterrupt() => Signal(Interrupt);

    /// <summary>SIGSTOP: it stands still, as a machine does that is paused.</summary>
    public void Pause() => Signal(Stop);

    public void Resume() => Signal(Continue);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && SendSignal(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} was not sent: error {Marshal.GetLastPInvokeError()}");
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null && lines.Count < MaxLines)
        {
            lines.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
