using System.CommandLine;
using System.Globalization;

namespace Paxi.Node.Cli;

/// <summary><c>status</c> and <c>owner</c>: every replica is asked at the same time what it is and whom it follows.</summary>
internal static class StatusVerbs
{
    public static IEnumerable<Verb> Create(CliContext context) => [Status(context), Owner(context)];

    private static Verb Status(CliContext context)
    {
        var (id, config, json) = (Inputs.Id("only this replica, with all that its roles tell"), Inputs.Config(), Inputs.Json());
        var verb = new Verb("status", VerbGroup.Inspect, "Every replica: state, role, ballot, lag", "paxi status")
        {
            Notes = ["Exit status: 0 when a replica answers, 1 when none does."],
        };
        foreach (var option in (Option[])[id, config, json])
        {
            verb.Add(option);
        }

        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var only = parsed.GetValue(id);
            var status = await ClusterStatus.ReadAsync(cluster, cancellation);
            if (only is { } one)
            {
                cluster.Settings.Find(one);
                status = status with { Replicas = [status.Replicas.First(replica => replica.Id == one)] };
                StatusScreen.PrintOne(context, status.Replicas[0]);
            }
            else
            {
                StatusScreen.Print(context, status);
            }

            if (parsed.GetValue(json))
            {
                StatusScreen.PrintJson(context, status);
            }

            return status.Answering > 0 ? ExitStatus.Good : ExitStatus.Failed;
        });
        return verb;
    }

    private static Verb Owner(CliContext context)
    {
        var (key, config, json) = (Inputs.Key(), Inputs.Config(), Inputs.Json());
        var verb = new Verb("owner", VerbGroup.Inspect, "Which replica proposes for a key", "paxi owner 42")
        {
            Notes = ["With one leader for all keys, as in paxos, that is the leader.", "Exit status: 0 known, 1 nobody leads or no replica answers."],
        };
        verb.Add(key);
        verb.Add(config);
        verb.Add(json);
        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var status = await ClusterStatus.ReadAsync(cluster, cancellation);
            if (status.Leader is { } leader)
            {
                context.Out.WriteLine(leader);
            }
            else
            {
                context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{context.NameOf("owner")}: no leader is known; {status.Answering} of {status.Replicas.Length} replicas answer"));
            }

            if (parsed.GetValue(json))
            {
                JsonLine.Print(context.Out, writer =>
                {
                    writer.WriteString("key", parsed.GetRequiredValue(key));
                    writer.WriteString("owner", status.Leader);
                    writer.WriteString("ballot", status.Ballot?.ToString());
                });
            }

            return status.Leader is null ? ExitStatus.Failed : ExitStatus.Good;
        });
        return verb;
    }
}
