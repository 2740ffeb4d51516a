using System.CommandLine;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Cli;

/// <summary><c>run</c>: a load on a cluster that is running.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var load = new LoadOptions();
        var access = new AccessOptions();
        var config = BenchOptions.Text("--config", "F", "the cluster's configuration (default: cluster.hocon)");
        var command = new Command("run", "A load on a running cluster") { config };
        access.AddTo(command);
        load.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            access.Check(parsed, load);
            var settings = PaxiSettings.Load(parsed.GetValue(config), SettingsOverrides.None);
            // What the cluster holds already is not in the history, so the keys of a history are new ones.
            var prefix = access.IsChecked(parsed) ? $"bench-{Guid.NewGuid():N}-" : "";
            var report = await access.LoadAsync(parsed, load, settings, [], prefix, cancellation);
            var title = $"{settings.Algorithm}: the {settings.Ids.Length} replicas of {settings.Source}, {access.Describe(parsed)}, {load.Clients(parsed)} clients";
            return Reporting.Finish(report, title, access.IsJson(parsed));
        });
        return command;
    }
}
