using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors;
using Paxi.Node.Cli;

namespace Paxi.Bench.Runs;

/// <summary>What is done to the replicas.</summary>
internal enum FaultKind
{
    /// <summary>The process ends at once, by SIGKILL.</summary>
    Kill,

    /// <summary>A process that was killed is started again.</summary>
    Restart,

    /// <summary>Some replicas are cut off from all others.</summary>
    Partition,

    /// <summary>All that a replica sends comes later.</summary>
    Slow,

    /// <summary>A part of what a replica sends is lost.</summary>
    Flaky,
}

/// <summary>Whom a fault means.</summary>
/// <param name="Role">leader, owner or all that were killed; null for <paramref name="Ids"/>.</param>
internal readonly record struct FaultTarget(string? Role, ImmutableArray<ReplicaId> Ids)
{
    public const string Leader = "leader";
    public const string Owner = "owner";
    public const string Killed = "killed";

    public override string ToString() => Role ?? string.Join(',', Ids);
}

/// <summary>One line of a script.</summary>
/// <param name="At">Since the window was opened.</param>
/// <param name="For">How long it lasts; null for a kill or restart.</param>
/// <param name="Amount">Of <see cref="FaultKind.Slow"/> milliseconds, of <see cref="FaultKind.Flaky"/> the part that is lost.</param>
internal sealed record FaultStep(TimeSpan At, FaultKind Kind, FaultTarget Target, TimeSpan? For = null, double Amount = 0)
{
    public override string ToString() => Kind switch
    {
        FaultKind.Partition => $"partition {Target}",
        FaultKind.Slow => string.Create(CultureInfo.InvariantCulture, $"slow {Target} {Amount:0.###} ms"),
        FaultKind.Flaky => string.Create(CultureInfo.InvariantCulture, $"flaky {Target} {Amount:0.###}"),
        _ => $"{Kind.ToString().ToLowerInvariant()} {Target}",
    };
}

/// <summary>Faults during a load, as people write them.</summary>
internal static class FaultScript
{
    /// <summary>What every step may be; also for help.</summary>
    public const string Forms = "5s kill leader|owner|Z.N; 10s restart [Z.N]; 5s partition Z.N,Z.N for 3s; 5s slow Z.N|leader 50ms for 3s; 5s flaky Z.N|leader 0.3 for 3s";

    private const string Suffix = "s";
    private static readonly string[] Kinds = ["kill", "restart", "partition", "slow", "flaky"];

    /// <summary>Steps in the order of their times; they are separated by semicolons or ends of lines, and what follows a # is left out.</summary>
    /// <param name="members">The replicas there are.</param>
    /// <param name="length">Of the window, in which all must begin.</param>
    /// <exception cref="UsageException">One line that says which step is wrong and what it may be.</exception>
    public static IReadOnlyList<FaultStep> Parse(string text, IReadOnlyList<ReplicaId> members, TimeSpan length)
    {
        var steps = text.Split('\n')
            .Select(static line => line.Split('#')[0])
            .SelectMany(static line => line.Split(';'))
            .Select(static step => step.Trim())
            .Where(static step => step.Length > 0)
            .Select(step => ParseStep(step, members, length))
            .OrderBy(static step => step.At)
            .ToArray();
        CheckLives(steps);
        return steps.Length > 0 ? steps : throw new UsageException($"--faults: it names no fault; write as in {Forms}");
    }

    /// <summary>What runs cannot be restarted, and what does not run cannot be killed, as far as that can be told before.</summary>
    private static void CheckLives(IEnumerable<FaultStep> steps)
    {
        var killed = new HashSet<ReplicaId>();
        // Leaders and owners that were killed: who they are is known only then.
        var others = 0;
        foreach (var step in steps)
        {
            if (step.Kind == FaultKind.Kill)
            {
                others += step.Target.Role is null ? 0 : 1;
                foreach (var id in step.Target.Ids)
                {
                    _ = killed.Add(id) ? id : throw new UsageException($"--faults: '{step}' at {step.At.TotalSeconds:0.###}s comes when {id} is killed already");
                }
            }
            else if (step.Kind == FaultKind.Restart && step.Target.Role is not null)
            {
                _ = killed.Count + others > 0 ? killed : throw new UsageException($"--faults: the restart at {step.At.TotalSeconds:0.###}s comes when no replica is killed");
                (others, _) = (0, killed.RemoveWhere(static _ => true));
            }
            else if (step.Kind == FaultKind.Restart)
            {
                foreach (var id in step.Target.Ids)
                {
                    others -= killed.Remove(id) ? 0 : 1;
                    _ = others >= 0 ? id : throw new UsageException($"--faults: '{step}' at {step.At.TotalSeconds:0.###}s comes when {id} is not killed");
                }
            }
        }
    }

    private static FaultStep ParseStep(string step, IReadOnlyList<ReplicaId> members, TimeSpan length)
    {
        var words = new Queue<string>(step.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (words.Peek() == "at")
        {
            words.Dequeue();
        }

        var at = Time(step, Word(step, words), Suffix);
        if (at > length)
        {
            throw new UsageException($"--faults: '{step}' is after the end of the load, which is at {length.TotalSeconds:0.###}s");
        }

        var verb = Word(step, words);
        var kind = Array.IndexOf(Kinds, verb) is >= 0 and var index
            ? (FaultKind)index
            : throw new UsageException($"--faults: '{step}' has no fault {verb}; it may be {string.Join(", ", Kinds)}");
        var target = kind == FaultKind.Restart && words.Count == 0 ? new FaultTarget(FaultTarget.Killed, []) : Target(step, Word(step, words), kind, members);
        var amount = kind switch
        {
            FaultKind.Slow => Time(step, Word(step, words), "ms").TotalMilliseconds,
            FaultKind.Flaky => Part(step, Word(step, words)),
            _ => 0,
        };
        TimeSpan? duration = null;
        if (kind is FaultKind.Partition or FaultKind.Slow or FaultKind.Flaky)
        {
            duration = Word(step, words) == "for" ? Time(step, Word(step, words), Suffix) : throw Wrong(step);
            if (duration <= TimeSpan.Zero)
            {
                throw new UsageException($"--faults: '{step}' lasts no time");
            }
        }

        return words.Count == 0 ? new FaultStep(at, kind, target, duration, amount) : throw Wrong(step);
    }

    private static FaultTarget Target(string step, string word, FaultKind kind, IReadOnlyList<ReplicaId> members)
    {
        if (word is FaultTarget.Leader or FaultTarget.Owner)
        {
            return kind == FaultKind.Restart
                ? throw new UsageException($"--faults: '{step}' must name replicas, or none for all that were killed")
                : new FaultTarget(word, []);
        }

        var ids = ImmutableArray.CreateBuilder<ReplicaId>();
        foreach (var part in word.Split(','))
        {
            if (!ReplicaId.TryParse(part, null, out var id) || !members.Contains(id))
            {
                throw new UsageException($"--faults: '{step}' has no replica {part}; it may be leader, owner, {string.Join(", ", members)}");
            }

            ids.Add(id);
        }

        return kind == FaultKind.Partition && ids.Distinct().Count() == members.Count
            ? throw new UsageException($"--faults: '{step}' must leave some replica out; all are on one side")
            : new FaultTarget(null, [.. ids.Distinct()]);
    }

    private static string Word(string step, Queue<string> words) => words.TryDequeue(out var word) ? word : throw Wrong(step);

    private static TimeSpan Time(string step, string word, string unit)
    {
        var seconds = unit == Suffix ? 1 : 0.001;
        return word.EndsWith(unit, StringComparison.Ordinal)
            && double.TryParse(word[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1e6
            ? TimeSpan.FromSeconds(number * seconds)
            : throw new UsageException($"--faults: '{step}' has '{word}' where a time as in {(unit == Suffix ? "5s" : "50ms")} belongs");
    }

    private static double Part(string step, string word) =>
        double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is > 0 and <= 1
            ? part
            : throw new UsageException($"--faults: '{step}' has '{word}' where a part from 0 to 1 belongs");

    private static UsageException Wrong(string step) => new($"--faults: '{step}' is no fault; write as in {Forms}");
}
