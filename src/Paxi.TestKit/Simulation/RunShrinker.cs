using System.Collections.Immutable;
using System.Diagnostics;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Makes a failed run short: runs its seed again with fewer operations and fewer faults, and keeps what still breaks the same property. Bounded in wall-clock time, so
/// the result may differ from machine to machine; it is for reading, the seed is for repeating.
/// </summary>
public static class RunShrinker
{
    /// <param name="protocol">The one that failed.</param>
    /// <param name="failed">The failed run.</param>
    /// <param name="limit">Wall-clock time to spend.</param>
    /// <returns>The shortest run found; the given one when nothing can go.</returns>
    public static RunReport Shrink(IProtocol protocol, RunReport failed, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(failed);
        var search = new Attempts(protocol, failed, limit);
        search.CutOperations();
        search.CutEvents();
        search.CalmLinks();
        search.CutOperations();
        return search.Best;
    }

    private sealed class Attempts
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly IProtocol _protocol;
        private readonly RunOptions _options;
        private readonly string _check;
        private readonly TimeSpan _limit;

        public Attempts(IProtocol protocol, RunReport failed, TimeSpan limit)
        {
            (_protocol, _options, _limit, Best) = (protocol, failed.Options with { Trace = null }, limit, failed);
            _check = failed.Violation?.Check ?? throw new ArgumentException("the run broke no property", nameof(failed));
        }

        public RunReport Best { get; private set; }

        private bool IsOver => Stopwatch.GetElapsedTime(_started) > _limit;

        /// <summary>As few operations as break it: halves, then quarters less, and so on.</summary>
        public void CutOperations()
        {
            for (var cut = Best.Operations / 2; cut > 0 && !IsOver;)
            {
                if (!Try(Best.Plan, Best.Operations - cut))
                {
                    cut /= 2;
                }

                cut = Math.Min(cut, Best.Operations / 2);
            }
        }

        /// <summary>Leaves out ever smaller groups of faults (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002).</summary>
        public void CutEvents()
        {
            var violatedAt = Best.Violation!.At;
            Try(Best.Plan with { Events = [.. Best.Plan.Events.Where(fault => fault.At <= violatedAt)] }, Best.Operations);
            Try(Best.Plan with { Events = [] }, Best.Operations);
            for (var group = Math.Max(1, Best.Plan.Events.Length / 2); group > 0 && !IsOver; group /= 2)
            {
                for (var first = 0; first < Best.Plan.Events.Length && !IsOver;)
                {
                    var fewer = Best.Plan.Events.RemoveRange(first, Math.Min(group, Best.Plan.Events.Length - first));
                    if (!Try(Best.Plan with { Events = fewer }, Best.Operations))
                    {
                        first += group;
                    }
                }
            }
        }

        public void CalmLinks()
        {
            var conditions = Best.Plan.Conditions;
            Try(Best.Plan with { Conditions = conditions.Healed }, Best.Operations);
            if (!Try(Best.Plan with { Conditions = Best.Plan.Conditions.Reliable }, Best.Operations))
            {
                Try(Best.Plan with { Conditions = Best.Plan.Conditions with { Loss = 0 } }, Best.Operations);
                Try(Best.Plan with { Conditions = Best.Plan.Conditions with { Duplication = 0 } }, Best.Operations);
                Try(Best.Plan with { Conditions = Best.Plan.Conditions with { Reordering = 0 } }, Best.Operations);
            }
        }

        private bool Try(FaultPlan plan, int operations)
        {
            if (IsOver || operations <= 0)
            {
                return false;
            }

            var run = SimulationRun.Run(_protocol, _options with { Plan = plan, StopAfter = operations });
            if (run.Violation?.Check != _check)
            {
                return false;
            }

            // A change that changes nothing is no progress, or the search would not end.
            var isShorter = run.Operations < Best.Operations || plan.Events.Length < Best.Plan.Events.Length || plan.Conditions != Best.Plan.Conditions;
            Best = isShorter ? run : Best;
            return isShorter;
        }
    }
}
