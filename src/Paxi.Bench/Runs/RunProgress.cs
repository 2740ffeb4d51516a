using System.Diagnostics;
using Paxi.Bench.Loads;
using Spectre.Console;

namespace Paxi.Bench.Runs;

/// <summary>How far the runs of a command are, on standard error: a bar with the time left on a terminal, else a line now and then.</summary>
internal sealed class RunProgress
{
    /// <summary>Of starting and stopping the replicas, about.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(10);

    private readonly TextWriter _error;
    private readonly int _runs;
    private readonly TimeSpan _each;
    private readonly Lock _lock = new();
    private ProgressTask? _bar;
    private string _what = "";
    private string _phase = "";
    private int _run;
    private long _runStarted;
    private long? _loadStarted;
    private long _lastLine;

    private RunProgress(TextWriter error, int runs, TimeSpan each) => (_error, _runs, _each) = (error, runs, each);

    /// <summary>Shows the progress of <paramref name="work"/> while it runs.</summary>
    /// <param name="runs">How many runs it does.</param>
    /// <param name="each">How long a load takes.</param>
    public static async Task<T> ShowAsync<T>(int runs, TimeSpan each, Func<RunProgress, Task<T>> work)
    {
        var progress = new RunProgress(Console.Error, runs, each);
        if (Console.IsErrorRedirected)
        {
            return await work(progress);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                progress._bar = context.AddTask("starting", maxValue: 1);
                return await work(progress);
            });
    }

    /// <summary>For a test: lines to a writer.</summary>
    internal static RunProgress Lines(TextWriter writer, int runs, TimeSpan each) => new(writer, runs, each);

    /// <summary>The next run begins.</summary>
    /// <param name="what">Which.</param>
    public void Begin(string what)
    {
        lock (_lock)
        {
            _run++;
            (_what, _phase, _runStarted, _loadStarted) = (what, "", Stopwatch.GetTimestamp(), null);
            Show("starting", $"{what}: starting");
        }
    }

    public void Tick(LoadTick tick)
    {
        lock (_lock)
        {
            if (tick.Phase is LoadLoop.WarmUpPhase or LoadLoop.LoadPhase)
            {
                _loadStarted ??= Stopwatch.GetTimestamp();
            }

            var length = tick.Length is { } all ? $" of {all.TotalSeconds:0.#}" : "";
            Show(tick.Phase, $"{_what}: {tick.Phase} {tick.Elapsed.TotalSeconds:0}{length} s");
        }
    }

    /// <summary>Before the load has begun all of it is left, however long the replicas take.</summary>
    private TimeSpan LeftOfRun()
    {
        var (load, spent) = _loadStarted is { } started
            ? (_each, Stopwatch.GetElapsedTime(started))
            : (Overhead, Stopwatch.GetElapsedTime(_runStarted));
        var left = load > spent ? load - spent : TimeSpan.Zero;
        return _loadStarted is null ? left + _each : left;
    }

    private void Show(string phase, string text)
    {
        var left = LeftOfRun() + ((_each + Overhead) * (_runs - _run));
        var run = _runs > 1 ? $"run {_run} of {_runs}, " : "";
        if (_bar is { } bar)
        {
            bar.Value = Math.Clamp(1 - (left / ((_each + Overhead) * _runs)), 0, 0.99);
            bar.Description = Markup.Escape($"{run}{text}, about {left.TotalSeconds:0} s left");
        }
        else if (phase != _phase || Stopwatch.GetElapsedTime(_lastLine) >= LinePause)
        {
            _lastLine = Stopwatch.GetTimestamp();
            _error.WriteLine($"{run}{text}, about {left.TotalSeconds:0} s left");
        }

        _phase = phase;
    }
}
