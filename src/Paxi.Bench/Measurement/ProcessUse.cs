using System.Diagnostics;
using System.Globalization;

namespace Paxi.Bench.Measurement;

/// <summary>What a process used of the machine between two moments.</summary>
/// <param name="Name">Who it is: <c>load</c> for the load generator, else a replica.</param>
/// <param name="Processor">User and system time.</param>
/// <param name="Busiest">The largest processor time of one of its threads; one that is near the wall time is a bottleneck by itself.</param>
/// <param name="ResidentBytes">At the end.</param>
public sealed record ProcessUse(string Name, TimeSpan Processor, TimeSpan Busiest, long ResidentBytes);

/// <summary>Processor times of processes and of the machine at one moment, from <c>/proc</c>.</summary>
public sealed class ProcessSample
{
    private readonly IReadOnlyList<(string Name, int Id)> _processes;
    private readonly Dictionary<int, TimeSpan> _totals = [];
    private readonly Dictionary<(int Process, int Thread), TimeSpan> _threads = [];
    private readonly (long Busy, long All) _machine;

    private ProcessSample(IReadOnlyList<(string Name, int Id)> processes)
    {
        _processes = processes;
        _machine = MachineTicks();
        foreach (var (_, id) in processes)
        {
            Read(id);
        }
    }

    /// <param name="processes">Names and process ids; one that is gone counts as nothing.</param>
    public static ProcessSample Take(IReadOnlyList<(string Name, int Id)> processes) => new(processes);

    /// <summary>What each process used since <paramref name="earlier"/>, in the order in which they were named.</summary>
    public IReadOnlyList<ProcessUse> Since(ProcessSample earlier)
    {
        var uses = new List<ProcessUse>();
        foreach (var (name, id) in _processes)
        {
            var total = _totals.GetValueOrDefault(id) - earlier._totals.GetValueOrDefault(id);
            var busiest = TimeSpan.Zero;
            foreach (var ((process, thread), time) in _threads)
            {
                if (process == id)
                {
                    var used = time - earlier._threads.GetValueOrDefault((process, thread));
                    busiest = used > busiest ? used : busiest;
                }
            }

            uses.Add(new ProcessUse(name, total, busiest, ResidentBytes(id)));
        }

        return uses;
    }

    /// <summary>The part of the machine's processor time that anything used since <paramref name="earlier"/>, 0 to 1; null when it cannot be told.</summary>
    public double? MachineBusySince(ProcessSample earlier)
    {
        var all = _machine.All - earlier._machine.All;
        return all > 0 ? (double)(_machine.Busy - earlier._machine.Busy) / all : null;
    }

    /// <summary>How much memory of the process is resident now; 0 when it is gone.</summary>
    public static long ResidentBytes(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }

    private void Read(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            _totals[id] = process.TotalProcessorTime;
            foreach (ProcessThread thread in process.Threads)
            {
                using (thread)
                {
                    Read(id, thread);
                }
            }
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended; whoever runs it says so.
        }
    }

    private void Read(int id, ProcessThread thread)
    {
        try
        {
            _threads[(id, thread.Id)] = thread.TotalProcessorTime;
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The thread ended since it was listed.
        }
    }

    private static (long Busy, long All) MachineTicks()
    {
        if (!File.Exists("/proc/stat"))
        {
            return default;
        }

        // cpu user nice system idle iowait irq softirq steal
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        var ticks = Array.ConvertAll(fields, static field => long.Parse(field, CultureInfo.InvariantCulture));
        var all = ticks.Sum();
        return (all - ticks[3] - ticks[4], all);
    }
}
