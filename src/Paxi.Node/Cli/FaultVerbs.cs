using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Paxi.Actors;

namespace Paxi.Node.Cli;

/// <summary><c>crash drop slow flaky partition</c>: asks the replicas themselves, by REST, to do harm to their own links for a time.</summary>
internal static class FaultVerbs
{
    private const string Ends = "A fault ends by itself after S seconds. To end one sooner, give it again for a short time, as in 0.001.";
    private const string Switch = "Works when the cluster runs with paxi.admin = on, as the samples do. Akka.Cluster does not notice; only the protocol does.";

    public static IEnumerable<Verb> Create(CliContext context) => [Crash(context), Drop(context), Slow(context), Flaky(context), Partition(context)];

    private static Verb Crash(CliContext context)
    {
        var (id, seconds) = (Inputs.Replica("ID", "the replica"), Inputs.FaultTime());
        var verb = New("crash", "Stop a replica, then restart it from its journal", "paxi crash 1.1 5");
        verb.Add(id);
        verb.Add(seconds);
        return Runs(context, verb, parsed => new Request(
            [parsed.GetRequiredValue(id)], parsed.GetRequiredValue(seconds), "", $"{parsed.GetRequiredValue(id)} is down"));
    }

    private static Verb Drop(CliContext context)
    {
        var (from, to, seconds) = Link();
        var verb = New("drop", "Lose all messages from one replica to another", "paxi drop 1.1 1.2 5");
        verb.Add(from);
        verb.Add(to);
        verb.Add(seconds);
        return Runs(context, verb, parsed => OnLink(parsed, from, to, seconds, "", "nothing passes"));
    }

    private static Verb Slow(CliContext context)
    {
        var (from, to, seconds) = Link();
        var delay = Inputs.Milliseconds();
        var verb = New("slow", "Delay messages from one replica to another", "paxi slow 1.1 1.2 50 5");
        verb.Add(from);
        verb.Add(to);
        verb.Add(delay);
        verb.Add(seconds);
        return Runs(context, verb, parsed =>
            OnLink(parsed, from, to, seconds, $"&ms={Number(parsed.GetRequiredValue(delay))}", $"later by {Number(parsed.GetRequiredValue(delay))} ms"));
    }

    private static Verb Flaky(CliContext context)
    {
        var (from, to, seconds) = Link();
        var probability = Inputs.Probability();
        var verb = New("flaky", "Lose a share of the messages between two", "paxi flaky 1.1 1.2 0.3 5");
        verb.Add(from);
        verb.Add(to);
        verb.Add(probability);
        verb.Add(seconds);
        return Runs(context, verb, parsed =>
            OnLink(parsed, from, to, seconds, $"&p={Number(parsed.GetRequiredValue(probability))}", $"loses {Number(parsed.GetRequiredValue(probability))}"));
    }

    private static Verb Partition(CliContext context)
    {
        var (seconds, ids) = (Inputs.FaultTime(), Inputs.Replicas("ID", "the replicas on one side; all others are on the other"));
        var verb = New("partition", "Cut some replicas off from all others", "paxi partition 5 1.1 1.2");
        verb.Add(seconds);
        verb.Add(ids);
        return Runs(context, verb, parsed =>
        {
            var side = parsed.GetRequiredValue(ids);
            return new Request([], parsed.GetRequiredValue(seconds), $"&ids={string.Join(',', side)}", $"{string.Join(' ', side)} | all others")
            {
                Side = [.. side],
                FirstWord = parsed.GetResult(seconds)!.Tokens[0].Value,
            };
        });
    }

    private static Verb New(string name, string description, string example) =>
        new(name, VerbGroup.Break, description, example) { Notes = [Ends, Switch] };

    private static (Argument<ReplicaId> From, Argument<ReplicaId> To, Argument<double> Seconds) Link() =>
        (Inputs.Replica("FROM", "the replica that sends"), Inputs.Replica("TO", "the replica that does not get it"), Inputs.FaultTime());

    private static Request OnLink(
        ParseResult parsed, Argument<ReplicaId> from, Argument<ReplicaId> to, Argument<double> seconds, string query, string what)
    {
        var (sender, receiver) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
        return sender != receiver
            ? new Request([sender, receiver], parsed.GetRequiredValue(seconds), $"&id={receiver}{query}", $"{sender} -> {receiver}: {what}") { Asked = [sender] }
            : throw new UsageException($"TO must be another replica than FROM; both are {sender}");
    }

    private static Verb Runs(CliContext context, Verb verb, Func<ParseResult, Request> read)
    {
        var (config, json) = (Inputs.Config(), Inputs.Json());
        verb.Add(config);
        verb.Add(json);
        verb.RunsOnCluster(context, config, async (parsed, cluster, cancellation) =>
        {
            var request = read(parsed);
            foreach (var id in request.Named.Concat(request.Side))
            {
                CheckMember(cluster, id);
            }

            if (ReplicaId.TryParse(request.FirstWord, out var first) && cluster.Settings.Ids.Contains(first))
            {
                throw new UsageException($"S, the time in seconds, comes first, as in {verb.Example}; {first} is a replica");
            }

            if (request.Side.Length == cluster.Settings.Replicas.Length)
            {
                throw new UsageException("ID must leave some replica out; all are on one side");
            }

            var asked = request.Side.IsEmpty
                ? cluster.Settings.Replicas.Where(replica => request.Asked.Contains(replica.Id))
                : cluster.Settings.Replicas;
            var answers = await cluster.Rest.GetAllAsync(asked, _ => $"/{verb.Name}?t={Number(request.Seconds)}{request.Query}", cancellation);
            return Finish(context, verb.Name, request, answers, parsed.GetValue(json));
        });
        return verb;
    }

    private static void CheckMember(IClusterAccess cluster, ReplicaId id)
    {
        if (!cluster.Settings.Ids.Contains(id))
        {
            throw new UsageException($"{id} is no replica of {cluster.Settings.Source}; it may be {Inputs.OneOf([.. cluster.Settings.Ids.Select(known => known.ToString())])}");
        }
    }

    private static int Finish(CliContext context, string verb, Request request, ImmutableArray<RestAnswer> answers, bool json)
    {
        var failed = answers.Where(answer => answer.Problem is not null).ToImmutableArray();
        if (failed.Length < answers.Length)
        {
            var time = request.Seconds > 0 ? $"for {Number(request.Seconds)} s" : "until replaced";
            context.Out.WriteLine($"{request.What}, {time}");
        }

        foreach (var answer in failed)
        {
            context.Error.WriteLine($"{context.NameOf(verb)}: {answer.Id}: {answer.Problem}");
        }

        if (json)
        {
            JsonLine.Print(context.Out, writer =>
            {
                writer.WriteString("fault", verb);
                writer.WriteNumber("seconds", request.Seconds);
                writer.WriteStartArray("replicas");
                foreach (var answer in answers)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", answer.Id.ToString());
                    writer.WriteBoolean("ok", answer.Problem is null);
                    writer.WriteString("error", answer.Problem);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }

        return failed.IsEmpty ? ExitStatus.Good : ExitStatus.Failed;
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <param name="Named">The replicas that the command line names; they must be known.</param>
    /// <param name="Seconds">How long.</param>
    /// <param name="Query">What goes behind <c>?t=</c>.</param>
    /// <param name="What">What happens, in a few words.</param>
    private sealed record Request(ImmutableArray<ReplicaId> Named, double Seconds, string Query, string What)
    {
        /// <summary>Who is asked to do it.</summary>
        public ImmutableArray<ReplicaId> Asked { get; init; } = Named;

        /// <summary>For a partition: what stands where the time should.</summary>
        public string FirstWord { get; init; } = "";

        /// <summary>For a partition: one side; then all replicas are asked.</summary>
        public ImmutableArray<ReplicaId> Side { get; init; } = [];
    }
}
