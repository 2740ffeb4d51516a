namespace Paxi.TestKit.Linearizability;

/// <summary>
/// Decides the partitions in which every observed value has exactly one writer, and which only read and write
/// blindly, in O(n log n) time. A write and the reads of its value form a cluster, and a linearization is an order of
/// the clusters. With f the earliest end and s the latest start in a cluster, cluster i must come before cluster j if
/// f(i) &lt; s(j); a linearization exists if and only if no read ends before its write starts and no two clusters must
/// each come before the other. Source: P. Gibbons, E. Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997,
/// section 4; the wording as zones is W. Golab, X. Li, M. Shah, "Analyzing Consistency Properties for Fun and
/// Profit", PODC 2011, section 3. Two pairs suffice since in any longer cycle every cluster ends earliest before the
/// latest start of all, hence precedes that cluster, which itself precedes its successor in the cycle.
/// </summary>
internal static class ZoneCheck
{
    private const int None = -1;

    /// <summary>The answer, if the partition is of the kind.</summary>
    /// <param name="problem">The partition.</param>
    /// <param name="conflict">
    /// For a no: the operations of the clusters that contradict each other. They are impossible by themselves.
    /// </param>
    /// <returns>True or false; null if the partition has another shape.</returns>
    public static bool? Decide(Problem problem, out List<int> conflict)
    {
        conflict = [];
        if (!problem.IsSimple || problem.HasPredecessors || problem.HasNegatives)
        {
            return null;
        }

        int[]? clusterOf = Clusters(problem, out int clusters);
        if (clusterOf is null)
        {
            return null;
        }

        var zones = new Zone[clusters];
        for (int cluster = 0; cluster < clusters; cluster++)
        {
            zones[cluster] = new Zone(cluster, long.MaxValue, long.MinValue);
        }

        if (problem.Count > 0)
        {
            // Absence is written before everything.
            zones[0] = new Zone(0, long.MinValue, long.MinValue);
        }

        for (int operation = 0; operation < problem.Count; operation++)
        {
            ref Zone zone = ref zones[clusterOf[operation]];
            zone = zone with
            {
                FirstEnd = Math.Min(zone.FirstEnd, problem.End(operation)),
                LastStart = Math.Max(zone.LastStart, problem.Start(operation)),
            };
        }

        (int one, int other) = EarlyRead(problem, clusterOf);
        if (one == None)
        {
            (one, other) = Conflict(zones);
        }

        for (int operation = 0; one != None && operation < problem.Count; operation++)
        {
            if (clusterOf[operation] == one || clusterOf[operation] == other)
            {
                conflict.Add(operation);
            }
        }

        return one == None;
    }

    private readonly record struct Zone(int Cluster, long FirstEnd, long LastStart);

    /// <summary>
    /// Cluster 0 belongs to the value before the history. A read of a value without a writer, or a value with
    /// two, is for the search.
    /// </summary>
    private static int[]? Clusters(Problem problem, out int clusters)
    {
        int[] writers = new int[problem.ValueCount];
        bool[] observed = new bool[problem.ValueCount];
        foreach (Step step in problem.Steps)
        {
            if (!step.IsReadOnly && step.Requirement != Requirement.None)
            {
                clusters = 0;
                return null;
            }

            _ = step.IsReadOnly ? observed[step.Operand] = true : writers[step.Write]++ > 0;
        }

        clusters = 1;
        int[] clusterOfValue = new int[problem.ValueCount];
        for (int value = 0; value < problem.ValueCount; value++)
        {
            bool isInitial = problem.Initial.Contains(value);
            if (observed[value] && writers[value] != (isInitial ? 0 : 1))
            {
                return null;
            }

            clusterOfValue[value] = observed[value] && !isInitial ? clusters++ : 0;
        }

        int[] clusterOf = new int[problem.Count];
        for (int operation = 0; operation < problem.Count; operation++)
        {
            Step step = problem.Steps[operation];
            bool isAlone = !step.IsReadOnly && !observed[step.Write];
            clusterOf[operation] = isAlone ? clusters++ : clusterOfValue[step.IsReadOnly ? step.Operand : step.Write];
        }

        return clusterOf;
    }

    private static (int One, int Other) EarlyRead(Problem problem, int[] clusterOf)
    {
        var writeStart = new Dictionary<int, long>();
        for (int operation = 0; operation < problem.Count; operation++)
        {
            if (!problem.Steps[operation].IsReadOnly)
            {
                writeStart[clusterOf[operation]] = problem.Start(operation);
            }
        }

        for (int operation = 0; operation < problem.Count; operation++)
        {
            if (writeStart.TryGetValue(clusterOf[operation], out long start) && problem.End(operation) < start)
            {
                return (clusterOf[operation], clusterOf[operation]);
            }
        }

        return (None, None);
    }

    private static (int One, int Other) Conflict(Zone[] zones)
    {
        Zone[] forward = [.. zones.Where(static zone => zone.FirstEnd < zone.LastStart).OrderBy(static z => z.FirstEnd)];
        for (int index = 1; index < forward.Length; index++)
        {
            if (forward[index].FirstEnd < forward[index - 1].LastStart)
            {
                return (forward[index - 1].Cluster, forward[index].Cluster);
            }
        }

        long[] ends = [.. forward.Select(static zone => zone.FirstEnd)];
        foreach (Zone zone in zones)
        {
            if (zone.FirstEnd < zone.LastStart)
            {
                continue;
            }

            // Forward zones are disjoint here, so only the last that begins before the latest start can hold it.
            int position = Array.BinarySearch(ends, zone.LastStart);
            int candidate = (position >= 0 ? position : ~position) - 1;
            if (candidate >= 0 && zone.FirstEnd < forward[candidate].LastStart)
            {
                return (forward[candidate].Cluster, zone.Cluster);
            }
        }

        return (None, None);
    }
}
