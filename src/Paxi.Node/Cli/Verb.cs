using System.CommandLine;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli;

/// <summary>What a verb is for; <c>paxi --help</c> shows them so.</summary>
internal enum VerbGroup
{
    Run,
    Store,
    Inspect,
    Break,
    Prove,
}

/// <summary>One verb of the program: its arguments, what it does, and an example that works as it stands.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, VerbGroup group, string description, string example)
        : base(name, description) => (Group, Example) = (group, example);

    public VerbGroup Group { get; }

    /// <summary>A whole command line.</summary>
    public string Example { get; }

    /// <summary>What its help says below the options, a line each: what is printed, what the exit status means.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether it makes sense at the prompt of the shell.</summary>
    public bool InShell { get; init; } = true;

    /// <summary>Whether it deals with Ctrl-C itself, instead of being cancelled.</summary>
    public bool KeepsInterrupts { get; init; }

    /// <summary>Sets what it does once a cluster's configuration is read.</summary>
    public void RunsOnCluster(
        CliContext context, Option<string?> config, Func<ParseResult, IClusterAccess, CancellationToken, Task<int>> action) =>
        SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = context.OpenCluster(parsed.GetValue(config));
            return await action(parsed, cluster, cancellation);
        });
}
