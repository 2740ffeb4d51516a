using System.CommandLine;
using Paxi.Actors.Configuration;
using Paxi.Node.Hosting;
using Paxi.Protocols;

namespace Paxi.Node.Cli;

/// <summary><c>up</c> and <c>server</c>: replicas in this process until Ctrl-C.</summary>
internal static class RunVerbs
{
    private const int MaxZones = 16;
    private const int MaxNodes = 16;

    /// <summary>What <c>up</c> runs where no file names a protocol: that of the sample configuration.</summary>
    private const string WithoutFile = "wpaxos";

    public static IEnumerable<Verb> Create(CliContext context) => [Up(context), Server(context)];

    public static Option<string?> Algorithm(string help) =>
        Inputs.Choice("--algorithm", "A", $"{help}: {Inputs.OneOf(AlgorithmNames)}", AlgorithmNames);

    private static string[] AlgorithmNames => [.. ProtocolList.All.Select(protocol => protocol.Name)];

    private static Verb Up(CliContext context)
    {
        var shared = new SharedOptions();
        var zones = Inputs.Number("--zones", "Z", "with --nodes: so many zones on this machine instead of the file's addresses", 1, MaxZones);
        var nodes = Inputs.Number("--nodes", "N", "replicas in each zone", 1, MaxNodes);
        var verb = new Verb("up", VerbGroup.Run, "All replicas of the cluster, in this process", "paxi up") { InShell = false };
        shared.AddTo(verb, zones, nodes);
        verb.SetAction((parsed, cancellation) =>
        {
            var written = shared.Read(parsed);
            var hasFile = parsed.GetValue(shared.Config) is not null || File.Exists(PaxiSettings.DefaultFile);
            var settings = PaxiSettings.Load(parsed.GetValue(shared.Config), written with
            {
                Algorithm = written.Algorithm ?? (hasFile ? null : WithoutFile),
                Zones = parsed.GetValue(zones),
                Nodes = parsed.GetValue(nodes),
            });
            return NodeHost.RunUpAsync(settings, new TerminalNodeConsole(context), cancellation);
        });
        return verb;
    }

    private static Verb Server(CliContext context)
    {
        var shared = new SharedOptions();
        var id = Inputs.RequiredId("the replica to run, zone.node as in 1.1");
        var join = Inputs.Word("--join", "ADDRESS", "a running node to join through, akka.tcp://paxi@HOST:PORT (default: the nodes of the configuration)");
        var verb = new Verb("server", VerbGroup.Run, "One replica, in this process", "paxi server --id 1.1") { InShell = false };
        verb.Add(id);
        shared.AddTo(verb, join);
        verb.SetAction((parsed, cancellation) =>
        {
            var settings = PaxiSettings.Load(parsed.GetValue(shared.Config), shared.Read(parsed));
            return NodeHost.RunServerAsync(settings, parsed.GetRequiredValue(id), parsed.GetValue(join), new TerminalNodeConsole(context), cancellation);
        });
        return verb;
    }

    private sealed class SharedOptions
    {
        private readonly Option<string?> _algorithm = Algorithm("the protocol");
        private readonly Option<string?> _journal = Inputs.Choice("--journal", "KIND", "disk, or memory for experiments: nothing survives the process", "disk", "memory");
        private readonly Option<string?> _data = Inputs.Word("--data", "DIR", "where the journals are (default: data)");

        public Option<string?> Config { get; } = Inputs.Config();

        public void AddTo(Verb verb, params Option[] own)
        {
            foreach (var option in (IEnumerable<Option>)[Config, _algorithm, .. own, _journal, _data])
            {
                verb.Add(option);
            }
        }

        public SettingsOverrides Read(ParseResult parsed) => new()
        {
            Algorithm = parsed.GetValue(_algorithm),
            Journal = parsed.GetValue(_journal),
            Data = parsed.GetValue(_data),
        };
    }

    /// <summary>A node's news as they come.</summary>
    private sealed class TerminalNodeConsole(CliContext context) : NodeConsole
    {
        private readonly Lock _lock = new();

        public override void Line(string text)
        {
            lock (_lock)
            {
                context.Out.WriteLine(text);
            }
        }

        public override void Highlight(string text) => Line(Styled.Text(context, text, "bold green"));

        public override void Example(string text) => Line(Styled.Text(context, text, "aqua"));

        public override void Error(string text)
        {
            lock (_lock)
            {
                context.Error.WriteLine(text);
            }
        }
    }
}
