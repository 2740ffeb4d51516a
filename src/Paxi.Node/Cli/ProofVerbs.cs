using System.CommandLine;
using Paxi.TestKit.Linearizability;

namespace Paxi.Node.Cli;

/// <summary><c>simulate</c> and <c>check</c>.</summary>
internal static class ProofVerbs
{
    public static IEnumerable<Verb> Create(CliContext context) => [SimulateVerb.Create(context), Check(context)];

    private static Verb Check(CliContext context)
    {
        var (file, json) = (Inputs.Text("FILE", "the history: JSON Lines, or Paxi's key,input,output,start,end"), Inputs.Json());
        var verb = new Verb("check", VerbGroup.Prove, "Judge whether a history is linearizable", "paxi check history.jsonl")
        {
            InShell = false,
            // The checker looks at nothing but its own limits: a signal ends the process at once, as that of any program that has nothing to put in order.
            KeepsInterrupts = true,
            Notes =
            [
                "On a no, prints the shortest impossible fragment found and writes a picture of it beside the file, as FILE.html.",
                "Exit status: 0 linearizable, 1 not, 2 the file is missing or malformed, 3 a limit of time or memory was reached first.",
            ],
        };
        verb.Add(file);
        verb.Add(json);
        verb.SetAction((parsed, _) => Task.Run(() => CheckCommand.Run(parsed.GetRequiredValue(file), parsed.GetValue(json), context.Out, context.Error)));
        return verb;
    }
}
