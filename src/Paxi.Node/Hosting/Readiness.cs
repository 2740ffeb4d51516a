using System.Diagnostics;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.Node.Hosting;

/// <summary>What the replicas of this process say of themselves while they come up.</summary>
/// <param name="Running">How many run.</param>
/// <param name="Leader">Whom all that run take for the leader; null while they do not agree.</param>
internal sealed record Readiness(int Running, string? Leader, string? Ballot)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until all run and agree on a leader, or the time is up.</summary>
    /// <param name="needsLeader">False for a protocol whose replicas all propose.</param>
    public static async Task<Readiness> WaitForLeaderAsync(
        IReadOnlyList<ReplicaNode> nodes, bool needsLeader, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = await AskAsync(nodes, cancellation);
            if ((seen.Running == nodes.Count && (seen.Leader is not null || !needsLeader)) || clock.Elapsed > patience)
            {
                return seen;
            }

            await Task.Delay(Interval, cancellation);
        }
    }

    /// <summary>How many members the cluster has when all nodes of this process are in it, or when the time is up.</summary>
    public static async Task<int> WaitForMembersAsync(IReadOnlyList<ReplicaNode> nodes, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var members = await MembersAsync(nodes[0], cancellation);
            if (nodes.All(node => members.Contains(node.Id)) || clock.Elapsed > patience)
            {
                return members.Count;
            }

            await Task.Delay(Interval, cancellation);
        }
    }

    private static async Task<Readiness> AskAsync(IReadOnlyList<ReplicaNode> nodes, CancellationToken cancellation)
    {
        var all = await Task.WhenAll(nodes.Select(node => AskAsync(node, cancellation)));
        var running = all.Where(static status => status?.State == ReplicaState.Running).ToList();
        var views = running.Select(static status => (Leader: status!.Find(KernelRoles.Gateway, "leader"), Ballot: status.Find(KernelRoles.Gateway, "ballot")))
            .Distinct().ToList();
        var agreed = views.Count == 1 && views[0].Leader is not (null or "none") ? views[0] : default;
        return new Readiness(running.Count, agreed.Leader, agreed.Ballot);
    }

    private static async Task<HashSet<ReplicaId>> MembersAsync(ReplicaNode node, CancellationToken cancellation)
    {
        try
        {
            var view = await node.MembersAsync(cancellation);
            return [.. view.Members.Where(static member => member.Status == "Up").Select(static member => member.Id)];
        }
        catch (AskTimeoutException)
        {
            // Too busy to say; asked again.
            return [];
        }
    }

    private static async Task<ReplicaStatus?> AskAsync(ReplicaNode node, CancellationToken cancellation)
    {
        try
        {
            return await node.StatusAsync(cancellation);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
