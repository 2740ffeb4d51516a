using System.CommandLine;
using Paxi.Actors.Configuration;
using Paxi.Bench.Drivers;
using Paxi.Bench.Runs;
using Paxi.Node.Configuration;

namespace Paxi.Bench.Cli;

/// <summary><c>run</c>: a load on a cluster that is running.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var (load, access, output) = (new LoadOptions(), new AccessOptions(), new OutputOptions());
        var config = BenchOptions.Text("--config", "F", "the cluster's configuration (default: cluster.hocon)");
        var command = new Command("run", "A load on a running cluster") { config };
        access.AddTo(command, hasSettings: false);
        load.AddTo(command, canCheck: true);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (reach, spec) = (access.Read(parsed, new AccessSpec()), load.Read(parsed));
            var settings = PaxiSettings.Load(parsed.GetValue(config), SettingsOverrides.None);
            Deployment.Of(settings);
            if (reach.IsHttp)
            {
                // There must be somebody to ask.
                await using var _ = new RestDriver(settings, 1, reach.IsSpread);
            }

            var zones = reach.IsSpread ? ZoneReplicas.Count(settings) : 1;
            reach.Check(spec, zones, settings.Algorithm);
            var folder = output.CreateFolder(parsed);
            var title = $"{settings.Algorithm}: the {settings.Ids.Length} replicas of {settings.Source}, {reach.Describe(zones)}, " +
                $"{spec.Describe()}, keys {spec.Fields(zones).Describe()}";
            var run = new ClusterRun(settings, reach, spec)
            {
                // What the cluster holds already is not in the history, so the keys of a history are new ones.
                KeyPrefix = spec.Check ? $"bench-{Guid.NewGuid():N}-" : "",
            };
            var result = await RunProgress.ShowAsync(1, spec.Length, async progress =>
            {
                progress.Begin(settings.Algorithm);
                RunResult Leave(string? invalid) => run.Leave(folder, title, CommandWords.Of(parsed), ConfigurationText(settings), [], invalid);
                await Unfinished.GuardAsync(folder, () => run.LoadAsync(progress, null, cancellation), () => run.Meter, invalid => Leave(invalid));
                return Leave(null);
            });
            return Reporting.Finish(result.Report, title, output.IsJson(parsed), folder);
        });
        return command;
    }

    private static string ConfigurationText(PaxiSettings settings) =>
        File.Exists(settings.Source) ? File.ReadAllText(settings.Source) : settings.Section.ToString();
}
