using System.CommandLine;
using Paxi.Actors;

namespace Paxi.Node.Cli;

/// <summary><c>members leave remove</c>: who votes, and how that changes. (A zone joins by starting its nodes, with <c>paxi server --join</c>.)</summary>
internal static class MemberVerbs
{
    /// <summary>How long a change is waited for; the replicas take it back after their own time (epochs.change-timeout).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private static readonly string[] s_notes =
    [
        "One change at a time. Works when the cluster runs with paxi.admin = on, as the samples do.",
        "Exit status: 0 in force, 1 not made, 3 not known in time.",
    ];

    public static IEnumerable<Verb> Create(CliContext context) => [Members(context), Leave(context), Remove(context)];

    private static Verb Members(CliContext context)
    {
        var config = Inputs.Config();
        var verb = new Verb("members", VerbGroup.Inspect, "Who votes, and since which epoch", "paxi members");
        verb.Add(config);
        verb.RunsOnCluster(context, config, async (_, cluster, cancellation) =>
        {
            var answers = await cluster.Rest.GetAllAsync(cluster.Settings.Replicas, static _ => "/members", cancellation);
            if (Newest(answers) is not { } newest)
            {
                context.Error.WriteLine($"{context.NameOf("members")}: no replica answers");
                return ExitStatus.Failed;
            }

            context.Out.WriteLine(newest);
            return ExitStatus.Good;
        });
        return verb;
    }

    private static Verb Leave(CliContext context)
    {
        var zone = Inputs.Zone();
        var verb = new Verb("leave", VerbGroup.Run, "A zone gives up its votes and goes", "paxi leave 4") { Notes = s_notes };
        verb.Add(zone);
        return Changes(context, verb, (parsed, voters) =>
        {
            var left = parsed.GetRequiredValue(zone);
            ReplicaId[] members = [.. voters.Where(voter => voter.Zone == left)];
            return members.Length > 0 ? members : throw new UsageException($"zone {left} has no voter; the voters are {string.Join(", ", voters)}");
        });
    }

    private static Verb Remove(CliContext context)
    {
        var id = Inputs.Replica("ID", "the replica, which may be down for good");
        var verb = new Verb("remove", VerbGroup.Run, "Take a replica's vote", "paxi remove 4.1") { Notes = s_notes };
        verb.Add(id);
        return Changes(context, verb, (parsed, voters) =>
        {
            var removed = parsed.GetRequiredValue(id);
            return voters.Contains(removed) ? [removed] : throw new UsageException($"{removed} is no voter; the voters are {string.Join(", ", voters)}");
        });
    }

    private static Verb Changes(CliContext context, Verb verb, Func<ParseResult, ReplicaId[], ReplicaId[]> find)
    {
        var config = Inputs.Config();
        verb.Add(config);
        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var answers = await cluster.Rest.GetAllAsync(cluster.Settings.Replicas, static _ => "/members", cancellation);
            if (Newest(answers) is not { } before)
            {
                context.Error.WriteLine($"{context.NameOf(verb.Name)}: no replica answers");
                return ExitStatus.Failed;
            }

            var removed = find(parsed, VotersOf(before));
            if (!VotersOf(before).Except(removed).Any())
            {
                throw new UsageException($"no voter would be left; the voters are {string.Join(", ", VotersOf(before))}");
            }

            var staying = answers.Where(answer => answer.Body is not null && VotersOf(answer.Body).Contains(answer.Id) && !removed.Contains(answer.Id)).ToArray();
            if (staying.Length == 0)
            {
                context.Error.WriteLine($"{context.NameOf(verb.Name)}: no voter that stays answers");
                return ExitStatus.Failed;
            }

            var driver = staying[0].Id;
            var path = $"/members?remove={string.Join(',', removed)}";
            var answer = await cluster.Rest.GetAsync(cluster.Settings.Find(driver), path, cancellation);
            if (answer.Problem is { } problem)
            {
                context.Error.WriteLine($"{context.NameOf(verb.Name)}: {problem}");
                return ExitStatus.Failed;
            }

            return await WaitAsync(context, verb, cluster, driver, removed, cancellation);
        });
        return verb;
    }

    private static async Task<int> WaitAsync(
        CliContext context, Verb verb, IClusterAccess cluster, ReplicaId driver, ReplicaId[] removed, CancellationToken cancellation)
    {
        for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until;)
        {
            var answer = await cluster.Rest.GetAsync(cluster.Settings.Find(driver), "/members", cancellation);
            if (answer.Body is { } now && !now.Contains("jointly", StringComparison.Ordinal) && !VotersOf(now).Intersect(removed).Any())
            {
                context.Out.WriteLine(now.Trim());
                return ExitStatus.Good;
            }

            await Task.Delay(Pause, cancellation);
        }

        context.Error.WriteLine($"{context.NameOf(verb.Name)}: not in force after {Patience.TotalSeconds} s; paxi members tells");
        return ExitStatus.Undecided;
    }

    /// <summary>The line of the highest epoch among the answers.</summary>
    private static string? Newest(IEnumerable<RestAnswer> answers) => answers
        .Where(answer => answer.Body is not null)
        .Select(answer => answer.Body!.Trim())
        .OrderByDescending(NumberOf)
        .FirstOrDefault();

    private static long NumberOf(string line) =>
        line.Split(' ', ':') is [_, var number, ..] && long.TryParse(number, out var value) ? value : 0;

    /// <summary>Of a line as "epoch 3: 1.1, 1.2"; in a joint one everybody who has a vote.</summary>
    private static ReplicaId[] VotersOf(string line) =>
    [
        .. line[(line.IndexOf(':') + 1)..].Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => ReplicaId.TryParse(word, out var id) ? id : default).Where(id => id != default).Distinct(),
    ];
}
