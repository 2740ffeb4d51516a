using System.CommandLine;
using Paxi.Actors;
using Paxi.Actors.Clients;

namespace Paxi.Node.Cli;

/// <summary>What the verbs of the store have in common: <c>--id --config --timeout --json</c>, and how an outcome is told.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Config { get; } = Inputs.Config();

    private Option<ReplicaId?> Id { get; } = Inputs.Id("the replica to ask first (default: the first listed)");

    private Option<TimeSpan?> Timeout { get; } = Inputs.Timeout();

    private Option<bool> Json { get; } = Inputs.Json();

    /// <summary>The verb's own options come first in its help.</summary>
    public void AddTo(Verb verb, params Option[] own)
    {
        foreach (var option in (IEnumerable<Option>)[.. own, Id, Timeout, Config, Json])
        {
            verb.Add(option);
        }
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(Json);

    public Task<Reply> SendAsync(ParseResult parsed, IClusterAccess cluster, Paxi.Actors.Clients.Command command, CancellationToken cancellation)
    {
        var first = parsed.GetValue(Id);
        if (first is { } id)
        {
            cluster.Settings.Find(id);
        }

        return cluster.SendAsync(command with { Timeout = parsed.GetValue(Timeout) }, first, cancellation);
    }

    /// <summary>Says what was not done and returns the exit status; prints the JSON object when asked for.</summary>
    /// <param name="context">Where to print.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="verb">The verb, for the line of error.</param>
    /// <param name="key">The command's key.</param>
    /// <param name="reply">How it ended.</param>
    /// <param name="valueName">What the reply's value is called in JSON.</param>
    /// <param name="done">The exit status when it is done.</param>
    public int Finish(CliContext context, ParseResult parsed, string verb, string key, Reply reply, string valueName, int done)
    {
        switch (reply.Outcome)
        {
            case Outcome.Failed:
                context.Error.WriteLine($"{context.NameOf(verb)}: failed, without effect: {reply.Error}");
                break;
            case Outcome.Unknown:
                context.Error.WriteLine(verb == "get"
                    ? $"{context.NameOf("get")}: not answered: {reply.Error}"
                    : $"{context.NameOf(verb)}: unknown whether it took effect: {reply.Error}");
                break;
        }

        if (IsJson(parsed))
        {
            PrintJson(context, verb, key, reply, valueName);
        }

        return reply.Outcome switch
        {
            Outcome.Done => done,
            Outcome.Failed => ExitStatus.Failed,
            _ => ExitStatus.Undecided,
        };
    }

    private static void PrintJson(CliContext context, string verb, string key, Reply reply, string valueName) => JsonLine.Print(context.Out, json =>
    {
        var isDone = reply.Outcome == Outcome.Done;
        json.WriteString("key", key);
        json.WriteString("outcome", reply.Outcome switch { Outcome.Done => "done", Outcome.Failed => "failed", _ => "unknown" });
        json.WriteString("error", reply.Error);
        JsonLine.WriteValue(json, valueName, isDone ? reply.Value : null);
        if (verb == "cas")
        {
            json.WriteBoolean("swapped", isDone && reply.Swapped);
        }

        if (isDone)
        {
            json.WriteNumber("slot", reply.Slot);
            json.WriteString("ballot", reply.Ballot.ToString());
            json.WriteNumber("executed", reply.Executed);
            // Who decided it, the owner where each key has one; the reply's hint is whom to ask next, which is there the replica that was asked.
            json.WriteString("leader", (reply.Ballot.IsZero ? reply.Leader : reply.Ballot.Owner).ToString());
        }
    });
}
