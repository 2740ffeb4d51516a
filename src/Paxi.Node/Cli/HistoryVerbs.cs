using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli;

/// <summary><c>history</c> and <c>consensus</c>: what replicas keep of a key, each from its own state.</summary>
internal static class HistoryVerbs
{
    /// <summary>Replicas that execute while they are read are read again, so often and after so long.</summary>
    private const int MaxReadings = 6;

    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(300);

    public static IEnumerable<Verb> Create(CliContext context) => [History(context), Consensus(context)];

    private static Verb History(CliContext context)
    {
        var key = Inputs.Key();
        var (id, config, json) = (Inputs.Id("the replica to ask (default: the first that answers)"), Inputs.Config(), Inputs.Json());
        var verb = new Verb("history", VerbGroup.Inspect, "The versions of a key on one replica", "paxi history 42 --id 1.2")
        {
            Notes = ["The oldest version first. A store keeps the newest ones only (store.max-versions), and a delete forgets them.", "Exit status: 0 answered, 1 no answer."],
        };
        verb.Add(key);
        foreach (var option in (Option[])[id, config, json])
        {
            verb.Add(option);
        }

        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var replicas = parsed.GetValue(id) is { } one ? [cluster.Settings.Find(one)] : cluster.Settings.Replicas;
            foreach (var replica in replicas)
            {
                var answer = await cluster.Rest.GetAsync(replica, PathOf(name), cancellation);
                if (TryRead(answer, out var versions, out var problem))
                {
                    PrintHistory(context, name, replica.Id, versions, parsed.GetValue(json));
                    return ExitStatus.Good;
                }

                context.Error.WriteLine($"{context.NameOf("history")}: {replica.Id}: {problem}");
            }

            return ExitStatus.Failed;
        });
        return verb;
    }

    private static Verb Consensus(CliContext context)
    {
        var (key, config, json) = (Inputs.Key(), Inputs.Config(), Inputs.Json());
        var verb = new Verb("consensus", VerbGroup.Inspect, "Compare those of all replicas", "paxi consensus 42")
        {
            Notes =
            [
                "A replica that lags behind is fine: its versions are the beginning of the others'.",
                "executed: the last slot executed; it is not shown where each key has a log of its own, as in wpaxos.",
                "Exit status: 0 they agree, 1 two replicas that executed the same slots hold different versions, 3 it cannot be told.",
            ],
        };
        verb.Add(key);
        verb.Add(config);
        verb.Add(json);
        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var (compared, silent) = await ReadAllAsync(cluster, name, cancellation);
            ConsensusScreen.Print(context, name, cluster.Settings.Replicas.Length, compared, silent);
            if (parsed.GetValue(json))
            {
                ConsensusScreen.PrintJson(context, name, compared, silent);
            }

            return VersionComparison.Verdict(compared) switch
            {
                Agreement.Conflict => ExitStatus.Failed,
                Agreement.Unknown => ExitStatus.Undecided,
                _ => ExitStatus.Good,
            };
        });
        return verb;
    }

    private static async Task<(ImmutableArray<ComparedVersions> Compared, ImmutableArray<RestAnswer> Silent)> ReadAllAsync(
        IClusterAccess cluster, string key, CancellationToken cancellation)
    {
        for (var reading = 1; ; reading++)
        {
            var read = await Task.WhenAll(cluster.Settings.Replicas.Select(replica => ReadOneAsync(cluster, replica, key, cancellation)));
            var compared = VersionComparison.Compare([.. read.Select(one => one.Versions).OfType<ReplicaVersions>()]);
            if (reading == MaxReadings || compared.Length < 2 || VersionComparison.Verdict(compared) != Agreement.Unknown)
            {
                return (compared, [.. read.Select(one => one.Silent).OfType<RestAnswer>()]);
            }

            await Task.Delay(BetweenReadings, cancellation);
        }
    }

    /// <summary>The versions between two looks at the last slot executed: when it did not move, the list is that slot's.</summary>
    private static async Task<(ReplicaVersions? Versions, RestAnswer? Silent)> ReadOneAsync(
        IClusterAccess cluster, ReplicaAddress replica, string key, CancellationToken cancellation)
    {
        var before = await ExecutedAsync(cluster, replica, cancellation);
        var answer = await cluster.Rest.GetAsync(replica, PathOf(key), cancellation);
        if (!TryRead(answer, out var versions, out var problem))
        {
            return (null, new RestAnswer(replica.Id, null, problem));
        }

        var after = await ExecutedAsync(cluster, replica, cancellation);
        return (new ReplicaVersions(replica.Id, versions, before == after ? after : null, before != after), null);
    }

    private static async Task<long?> ExecutedAsync(IClusterAccess cluster, ReplicaAddress replica, CancellationToken cancellation)
    {
        var answer = await cluster.Rest.GetAsync(replica, "/status", cancellation);
        return ClusterStatus.Combine("", [replica], [answer]).Replicas[0].Executed;
    }

    private static string PathOf(string key) => $"/history?key={Uri.EscapeDataString(key)}";

    private static bool TryRead(RestAnswer answer, out ImmutableArray<ReadOnlyMemory<byte>> versions, out string problem)
    {
        (versions, problem) = ([], answer.Problem ?? "");
        if (answer.Body is null)
        {
            return false;
        }

        try
        {
            var texts = JsonSerializer.Deserialize<string[]>(answer.Body) ?? [];
            versions = [.. texts.Select(text => new ReadOnlyMemory<byte>(Convert.FromBase64String(text)))];
            return true;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or ArgumentNullException)
        {
            problem = "the answer is no history";
            return false;
        }
    }

    private static void PrintHistory(CliContext context, string key, ReplicaId replica, ImmutableArray<ReadOnlyMemory<byte>> versions, bool json)
    {
        if (json)
        {
            JsonLine.Print(context.Out, writer =>
            {
                writer.WriteString("key", key);
                writer.WriteString("replica", replica.ToString());
                ConsensusScreen.WriteVersions(writer, versions);
            });
            return;
        }

        if (versions.IsEmpty)
        {
            context.Error.WriteLine("absent");
        }

        for (var index = 0; index < versions.Length; index++)
        {
            var number = (index + 1).ToString(CultureInfo.InvariantCulture).PadLeft(versions.Length > 9 ? 2 : 1);
            context.Out.WriteLine($"{Styled.Text(context, number, "dim")}  {ValueText.Show(versions[index].Span, Math.Max(20, context.Width - 24))}");
        }
    }
}
