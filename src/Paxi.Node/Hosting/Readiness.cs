using System.Diagnostics;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Replicas;

namespace Paxi.Node.Hosting;

/// <summary>What the replicas of this process say of themselves while they come up.</summary>
/// <param name="Running">How many run.</param>
/// <param name="Members">How many nodes the first of them sees in the cluster.</param>
/// <param name="Leader">Whom all that run take for the leader; null while they do not agree.</param>
internal sealed record Readiness(int Running, int Members, string? Leader, string? Ballot)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until all run and agree on a leader, or the time is up.</summary>
    /// <param name="needsLeader">False for a protocol whose replicas all propose.</param>
    public static async Task<Readiness> WaitAsync(
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

    public static async Task<Readiness> AskAsync(IReadOnlyList<ReplicaNode> nodes, CancellationToken cancellation)
    {
        var all = await Task.WhenAll(nodes.Select(node => AskAsync(node, cancellation)));
        var running = all.Where(static status => status?.State == ReplicaState.Running).ToList();
        var views = running.Select(static status => (Leader: status!.Find(KernelRoles.Gateway, "leader"), Ballot: status.Find(KernelRoles.Gateway, "ballot"))).Distinct().ToList();
        var agreed = views.Count == 1 && views[0].Leader is not (null or "none") ? views[0] : default;
        var members = 0;
        try
        {
            members = (await nodes[0].MembersAsync(cancellation)).Members.Count(static member => member.Status == "Up");
        }
        catch (AskTimeoutException)
        {
            // Too busy to say; asked again.
        }

        return new Readiness(running.Count, members, agreed.Leader, agreed.Ballot);
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
