using System.CommandLine;
using Paxi.Actors;
using Paxi.Bench.Runs;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary><c>chaos</c>: as <c>local</c>, with faults during the load; the dip and the time to recover are measured.</summary>
internal static class ChaosCommand
{
    private const string Preset = "5s kill leader; 10s restart";

    public static Command Create()
    {
        var (local, output) = (new LocalOptions(isDurable: true), new OutputOptions());
        var faults = BenchOptions.Text("--faults", "SCRIPT", $"what happens when, since the warm-up, separated by ; as in: {FaultScript.Forms} (default: {Preset})");
        var script = BenchOptions.Text("--script", "F", "a file with the same, a fault a line");
        var command = new Command("chaos", "A load on replicas as processes, with faults meanwhile: how deep the throughput falls, and how long until it is back") { faults, script };
        local.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var spec = local.Read(parsed).Checked();
            var steps = Read(parsed.GetValue(faults), parsed.GetValue(script), spec);
            var folder = output.CreateFolder(parsed);
            var run = new LocalRun(spec, CommandWords.Of(parsed))
            {
                Configuration = "paxi.admin = on",
                Faults = (cluster, load) => new FaultRun(steps, cluster, load, HotKey(spec)),
            };
            var result = await RunProgress.ShowAsync(1, spec.Load.Length, progress => run.RunAsync(folder, progress, cancellation));
            foreach (var mark in result.Faults)
            {
                Console.Out.WriteLine(Describe(mark));
            }

            return Reporting.Finish(result.Report, result.Title, output.IsJson(parsed), folder);
        });
        return command;
    }

    /// <summary>One line for a fault and what came of it.</summary>
    internal static string Describe(FaultMark mark) =>
        $"{mark.From,6:0.0} s  {mark.Text,-24} " +
        (mark.Lowest is { } lowest ? $"lowest {lowest:P0} of before, nothing answered for {mark.Silence:0.0} s, " : "") +
        (mark.Recovery is { } recovery ? $"back at 90 % after {recovery:0.0} s" : "not back at 90 % until the next fault or the end");

    private static string HotKey(LocalSpec spec) => spec.Load.Create(spec.ClientZones).Key(0);

    private static IReadOnlyList<FaultStep> Read(string? text, string? path, LocalSpec spec)
    {
        if (text is not null && path is not null)
        {
            throw new UsageException("--faults and --script say the same in two ways; give one");
        }

        if (path is not null)
        {
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"--script {path} cannot be read: {fault.Message}");
            }
        }

        ReplicaId[] members =
        [
            .. Enumerable.Range(1, spec.Zones).SelectMany(zone => Enumerable.Range(1, spec.Nodes).Select(node => new ReplicaId((ushort)zone, (ushort)node))),
        ];
        var steps = Parse(text ?? DefaultFor(spec), path, members, spec);
        return spec.IsDurable || steps.All(static step => step.Kind != FaultKind.Restart)
            ? steps
            : throw new UsageException("a replica whose journal is in memory may not come back after a kill, since it forgot its votes: restart needs --journal disk");
    }

    private static IReadOnlyList<FaultStep> Parse(string text, string? path, ReplicaId[] members, LocalSpec spec)
    {
        try
        {
            var steps = FaultScript.Parse(text, members, TimeSpan.FromSeconds(spec.Load.Seconds));
            return HasLeader(spec) || steps.FirstOrDefault(static step => step.Target.Role == FaultTarget.Leader) is not { } wrong
                ? steps
                : throw new UsageException($"--faults: '{wrong}': {spec.Algorithm} has no leader of all; write {FaultTarget.Owner}, who has the hottest key");
        }
        catch (UsageException fault) when (path is not null)
        {
            throw new UsageException(fault.Message.Replace("--faults", $"--script {path}", StringComparison.Ordinal));
        }
    }

    private static string DefaultFor(LocalSpec spec) =>
        HasLeader(spec) ? Preset : Preset.Replace(FaultTarget.Leader, FaultTarget.Owner, StringComparison.Ordinal);

    private static bool HasLeader(LocalSpec spec) => !Protocols.ProtocolList.Find(spec.Algorithm).ProposesAnywhere;
}
