using System.Globalization;
using Paxi.Actors.Configuration;
using Paxi.Node.Configuration;

namespace Paxi.Node.Hosting;

/// <summary>What a person is told about a start and an end.</summary>
internal sealed class Announcements(Deployment deployment, IReadOnlyList<ReplicaAddress> replicas, NodeConsole output)
{
    /// <summary>Of a terminal as it comes.</summary>
    private const int MaxGridWidth = 80;

    private readonly PaxiSettings _settings = deployment.Settings;

    private bool IsSingle => replicas.Count == 1;

    public void Starting()
    {
        var who = IsSingle
            ? $"replica {replicas[0].Id} of {_settings.Replicas.Length} at {replicas[0].Remote}"
            : $"{replicas.Count} replicas in {replicas.Select(replica => replica.Id.Zone).Distinct().Count()} zones";
        var journal = _settings.Journal == JournalKind.Memory
            ? "journal in memory: NOTHING SURVIVES THIS PROCESS"
            : $"journal in {(IsSingle ? NodeStores.DirectoryOf(_settings, replicas[0]) : _settings.DataDirectory)}";
        output.Line($"{_settings.Algorithm}, {who} ({deployment.Quorums.Name})");
        output.Line(journal);
    }

    /// <param name="needsLeader">False for a protocol whose replicas all propose, and for a node that is new to its deployment.</param>
    public void Ready(Readiness seen, bool needsLeader, TimeSpan after)
    {
        var time = Seconds(after);
        if (seen.Running < replicas.Count)
        {
            output.Error($"after {time} s only {seen.Running} of {replicas.Count} replicas run; see above, or /status");
        }

        output.Highlight((seen.Leader, needsLeader) switch
        {
            (_, false) when deployment.Protocol.ProposesAnywhere => $"ready after {time} s: every replica proposes",
            (null, false) => $"ready after {time} s",
            ({ } leader, _) => $"ready after {time} s: the leader is {leader} with ballot {seen.Ballot}{(IsSingle ? "" : $", all {seen.Running} agree")}",
            _ => $"after {time} s no leader is agreed on{(IsSingle ? ": are enough of the other replicas running?" : "")}; still trying",
        });
        Addresses();
    }

    public void Joined(int members, TimeSpan after)
    {
        output.Line("");
        output.Line($"the cluster has {members} of {_settings.Replicas.Length} members after {Seconds(after)} s; Ctrl-C stops it");
    }

    public void Stopping() => output.Line("stopping");

    public void Stopped() => output.Line("stopped");

    private void Addresses()
    {
        var serving = replicas.Where(static replica => replica.Rest is not null).ToList();
        if (serving.Count == 0)
        {
            output.Line("no REST address is configured; use paxi get, put, shell");
            return;
        }

        if (!IsSingle)
        {
            output.Line("");
            foreach (var line in Grid(serving))
            {
                output.Line(line);
            }
        }

        output.Line("");
        output.Line("try it from another terminal:");
        output.Example($"  curl -X PUT --data hello {Text(serving[0])}/42");
        output.Example($"  curl {Text(serving[Math.Max(0, serving.Count - 2)])}/42");
    }

    /// <summary>A row for each zone and a column for each node; a line for each replica where that would be too wide.</summary>
    private static IEnumerable<string> Grid(IReadOnlyList<ReplicaAddress> serving)
    {
        var nodes = serving.Select(static replica => replica.Id.Node).Distinct().Order().ToList();
        var zones = serving.GroupBy(static replica => replica.Id.Zone).OrderBy(static zone => zone.Key).ToList();
        var width = serving.Max(static replica => Text(replica).Length);
        var margin = $"  zone {zones[^1].Key}  ".Length;
        if (margin + (nodes.Count * (width + 2)) - 2 > MaxGridWidth)
        {
            return serving.Select(static replica => $"  {replica.Id}  {Text(replica)}");
        }

        var heading = new string(' ', margin) + string.Join("  ", nodes.Select(node => $"node {node}".PadRight(width)));
        return zones
            .Select(zone => $"  zone {zone.Key}  ".PadRight(margin) + string.Join("  ", nodes.Select(node =>
                (zone.FirstOrDefault(replica => replica.Id.Node == node) is { } replica ? Text(replica) : "-").PadRight(width))))
            .Prepend(heading)
            .Select(static line => line.TrimEnd());
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Text(ReplicaAddress replica) => replica.Rest!.GetLeftPart(UriPartial.Authority);
}
