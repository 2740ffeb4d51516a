using System.Diagnostics;
using System.Globalization;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>What <c>paxi simulate</c> does: runs many seeds, a world on each core, and says what it found.</summary>
public static class SimulateCommand
{
    /// <summary>Every seed passed.</summary>
    public const int Good = 0;

    /// <summary>A property was broken.</summary>
    public const int Violation = 1;

    /// <summary>The options or the protocol's settings are wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>No property was broken, but of some seeds that is not decided, or a fault was never exercised.</summary>
    public const int Undecided = 3;

    /// <summary>Runs the seeds.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="find">The protocol of that name; throws <see cref="ArgumentException"/> with one line when there is none.</param>
    /// <param name="output">For the verdict.</param>
    /// <param name="error">For what is wrong with the options, in one line.</param>
    /// <param name="progress">Told after each seed, on the thread that ran it.</param>
    /// <param name="cancellation">Stops after the seeds under way; what was done is reported, as undecided.</param>
    /// <returns>The exit status.</returns>
    public static int Run(
        SimulateOptions options,
        Func<string, IProtocol> find,
        TextWriter output,
        TextWriter error,
        IProgress<SimulateProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(find);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        IProtocol protocol;
        try
        {
            protocol = find(options.Algorithm);
            var first = options.Run(options.Seeds.First);
            using var probe = new SimulatedCluster(protocol, new ClusterOptions { Zones = first.Zones, Nodes = first.Nodes });
        }
        catch (ArgumentException fault)
        {
            error.WriteLine(fault.Message.ReplaceLineEndings(" "));
            return BadUsage;
        }

        var started = Stopwatch.GetTimestamp();
        var tally = RunAll(options, protocol, progress, cancellation);
        var report = new SimulateReport(options, tally, Stopwatch.GetElapsedTime(started));
        report.Write(output, failed => RunShrinker.Shrink(protocol, failed, options.ShrinkTime));
        if (options.Json)
        {
            output.WriteLine(report.Json());
        }

        return tally.Failed.Count > 0 ? Violation
            : tally.Passed == Count(options) && tally.NeverExercised().Count == 0 ? Good
            : Undecided;
    }

    internal static int Count(SimulateOptions options) => (int)(options.Seeds.Last - options.Seeds.First + 1);

    private static SimulateTally RunAll(
        SimulateOptions options, IProtocol protocol, IProgress<SimulateProgress>? progress, CancellationToken cancellation)
    {
        var count = Count(options);
        var tally = new SimulateTally(options.Seeds.First, count);
        var next = -1;
        Exception? fault = null;
        void Work()
        {
            try
            {
                while (!cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is var index && index < count)
                {
                    var done = tally.Add(SimulationRun.Run(protocol, options.Run(options.Seeds.First + (ulong)index)));
                    progress?.Report(done);
                }
            }
            catch (Exception problem)
            {
                Volatile.Write(ref fault, problem);
            }
        }

        // Threads of our own: a world belongs to one thread from its first to its last step.
        var threads = new Thread[Math.Min(count, options.Parallelism > 0 ? options.Parallelism : Environment.ProcessorCount)];
        for (var index = 0; index < threads.Length; index++)
        {
            threads[index] = new Thread(Work) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"world {index}") };
            threads[index].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        return fault is null ? tally : throw new InvalidOperationException($"a simulation could not run: {fault.Message}", fault);
    }
}
