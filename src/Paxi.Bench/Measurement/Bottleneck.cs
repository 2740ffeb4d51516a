using System.Globalization;

namespace Paxi.Bench.Measurement;

/// <summary>Whether a run measured the system or its load generator.</summary>
public static class Bottleneck
{
    /// <summary>A thread that is on a processor for more than this part of the time has no room left.</summary>
    public const double ThreadLimit = 0.9;

    /// <summary>A machine that is busy for more than this part has no room left.</summary>
    public const double MachineLimit = 0.9;

    /// <summary>A generator whose own delays are more than this part of the median latency is measured, too.</summary>
    public const double LatenessLimit = 0.5;

    /// <summary>Delays below this do not matter, in milliseconds.</summary>
    public const double LatenessFloor = 0.25;

    /// <summary>One line when arrivals of an open loop were not started; null when all were.</summary>
    public static string? FindMissed(LoadReport report) => report.Missed > 0
        ? string.Create(CultureInfo.InvariantCulture,
            $"{report.Missed:N0} arrivals were missed, which are in no figure: all {report.Clients} operations that may be outstanding (--clients) were")
        : null;

    /// <summary>One line that says why the load generator limits the figures; null when it does not.</summary>
    public static string? Find(LoadReport report)
    {
        if (report.Lateness is { } late && late.P99 > LatenessFloor && late.P99 > LatenessLimit * report.Latency.P50)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"the load generator is the bottleneck: one operation in 100 started {late.P99:0.00} ms late or more, beside a median latency of {report.Latency.P50:0.00} ms");
        }

        if (report.Processes.Count == 0 || report.Seconds <= 0)
        {
            return null;
        }

        var generator = report.Processes[0];
        var busiest = generator.Busiest.TotalSeconds / report.Seconds;
        if (busiest > ThreadLimit)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"the load generator is the bottleneck: one of its threads was busy {busiest:P0} of the time");
        }

        // Of all that the machine did: replicas of a cluster that was there before are not among the processes.
        var all = (report.MachineBusy ?? 0) * report.Seconds * Environment.ProcessorCount;
        var share = all > 0 ? generator.Processor.TotalSeconds / all : 0;
        return report.MachineBusy > MachineLimit && share > 0.5
            ? string.Create(CultureInfo.InvariantCulture,
                $"the load generator is the bottleneck: the machine was busy {report.MachineBusy:P0} of the time, and {share:P0} of that was the load generator's")
            : null;
    }

    /// <summary>One line when something that is not part of the run took a noticeable part of the machine; null when nothing did.</summary>
    public static string? FindOthers(LoadReport report)
    {
        if (report.MachineBusy is not { } busy || report.Seconds <= 0)
        {
            return null;
        }

        var own = report.Processes.Sum(process => process.Processor.TotalSeconds) / (report.Seconds * Environment.ProcessorCount);
        return busy - own > 0.1
            ? string.Create(CultureInfo.InvariantCulture, $"other processes used {busy - own:P0} of the machine meanwhile")
            : null;
    }
}
