using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Node.Rest;

namespace Paxi.Node.Cli;

/// <summary><c>status</c> and <c>owner</c>: every replica is asked at the same time what it is and whom it follows.</summary>
internal static class StatusVerbs
{
    public static IEnumerable<Verb> Create(CliContext context) => [Status(context), Owner(context)];

    private static Verb Status(CliContext context)
    {
        var (id, config, json) = (Inputs.Id("only this replica, with all that its roles tell"), Inputs.Config(), Inputs.Json());
        var verb = new Verb("status", VerbGroup.Inspect, "Every replica: state, role or objects, lag", "paxi status")
        {
            Notes =
            [
                "executed, lag: the last slot executed, and how many slots that is behind the one that executed most. cluster: how the leader, or else whoever answers, sees it in Akka.Cluster.",
                "Where each key has an owner, as in wpaxos: owns, how many keys it decides for; steals/min, how many came to it in the last minute; holds, of how many it keeps the state.",
                "Exit status: 0 when a replica answers, 1 when none does.",
            ],
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
            Notes =
            [
                "With one leader for all keys, as in paxos, that is the leader; where each key has an owner, as in wpaxos, or a group with a leader, as in paxos_groups, the replicas are asked who it is.",
                "Exit status: 0 known, 1 nobody leads or no replica answers.",
            ],
        };
        verb.Add(key);
        verb.Add(config);
        verb.Add(json);
        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var status = await ClusterStatus.ReadAsync(cluster, cancellation);
            var (owner, ballot) = (status.Leader, status.Ballot?.ToString());
            if (owner is null && status.Answering > 0)
            {
                (owner, ballot) = await FindOwnerAsync(cluster, name, cancellation);
            }

            if (owner is not null)
            {
                context.Out.WriteLine(owner);
            }
            else
            {
                var reason = status.HasOwners ? "no replica knows an owner; the first one that is asked for the key becomes it" : "no leader is known";
                context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{context.NameOf("owner")}: {reason}; {status.Answering} of {status.Replicas.Length} replicas answer"));
            }

            if (parsed.GetValue(json))
            {
                JsonLine.Print(context.Out, writer =>
                {
                    writer.WriteString("key", name);
                    writer.WriteString("owner", owner);
                    writer.WriteString("ballot", ballot);
                });
            }

            return owner is null ? ExitStatus.Failed : ExitStatus.Good;
        });
        return verb;
    }

    /// <summary>Where each key has an owner of its own: the one of the highest ballot that any replica tells of; null when none does.</summary>
    private static async Task<(string? Owner, string? Ballot)> FindOwnerAsync(IClusterAccess cluster, string key, CancellationToken cancellation)
    {
        var answers = await cluster.Rest.GetAllAsync(cluster.Settings.Replicas, _ => $"/owner?key={Uri.EscapeDataString(key)}", cancellation);
        OwnerLine? best = null;
        foreach (var answer in answers)
        {
            if (Read(answer) is { Owner: not null } line && (best is null || BallotOf(line) > BallotOf(best)))
            {
                best = line;
            }
        }

        return (best?.Owner, best?.Ballot);
    }

    private static OwnerLine? Read(RestAnswer answer)
    {
        try
        {
            return answer.Body is { } body ? JsonSerializer.Deserialize<OwnerLine>(body, OwnerLine.Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Ballot BallotOf(OwnerLine line) => Ballot.TryParse(line.Ballot, out var ballot) ? ballot : Ballot.Zero;
}
