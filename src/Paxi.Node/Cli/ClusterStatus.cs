using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Replicas;
using Paxi.Node.Rest;

namespace Paxi.Node.Cli;

/// <summary>A replica as <c>status</c> shows it.</summary>
/// <param name="Status">What it says of itself; null when it does not answer.</param>
/// <param name="Problem">Why it does not answer; null when it does.</param>
/// <param name="Executed">The last slot executed, if it says so.</param>
/// <param name="Lag">How many slots it is behind the one that executed most.</param>
/// <param name="Cluster">How the leader, or whoever else answers, sees it in Akka.Cluster: <c>up</c>, <c>unreachable</c>, <c>absent</c>; <c>?</c> when nobody answers.</param>
internal sealed record ReplicaLine(ReplicaAddress Replica, NodeStatus? Status, string? Problem, long? Executed, long? Lag, string Cluster)
{
    public ReplicaId Id => Replica.Id;

    /// <summary><c>leader</c>, <c>follower</c>, <c>leads</c> with the groups that it leads, <c>joining</c> or <c>left</c> without a vote, or null while it knows no leader or does not answer.</summary>
    public string? Role => Status switch
    {
        null => null,
        _ when !HasVote => Of("synced") == "yes" ? "caught up" : "joining",
        { Leader: null } => GroupsScreen.RoleOf(Status),
        { Leader: var leader } when leader == Status.Id => "leader",
        _ => "follower",
    };

    /// <summary>The newest epoch that it knows; null when it does not say.</summary>
    public long? Epoch => long.TryParse(Of("epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Null while it does not answer, and where objects have no owners of their own.</summary>
    public OwnershipStatus? Ownership => Status?.Ownership;

    /// <summary>Of how many objects it holds a state, if it says so.</summary>
    public long? Held => long.TryParse(Status?.Roles.GetValueOrDefault("learner")?.GetValueOrDefault("objects"), NumberStyles.None, CultureInfo.InvariantCulture, out var held) ? held : null;

    public bool IsJoint => Of("joint") == "yes";

    /// <summary>The voters of that epoch, by its word.</summary>
    public ImmutableArray<string> Voters => Of("voters")?.Split(' ') is { } voters ? [.. voters] : [];

    private bool HasVote => Status is not null && (Voters.IsEmpty || Voters.Contains(Id.ToString()));

    private string? Of(string name) => Status?.Roles.GetValueOrDefault(KernelRoles.Epochs)?.GetValueOrDefault(name);
}

/// <summary>All replicas of a cluster at about one time.</summary>
/// <param name="Leader">The leader of the highest ballot that any replica tells of; null when none does.</param>
internal sealed record ClusterStatus(string Algorithm, ImmutableArray<ReplicaLine> Replicas, string? Leader, Ballot? Ballot)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The replica that knows the newest epoch; null when none says.</summary>
    public ReplicaLine? NewestEpoch => Replicas.Where(replica => replica.Epoch is not null).MaxBy(replica => replica.Epoch);

    /// <summary>Whether each object has an owner of its own.</summary>
    public bool HasOwners => Replicas.Any(static replica => replica.Ownership is not null);

    public int Answering => Replicas.Count(replica => replica.Status is not null);

    public static async Task<ClusterStatus> ReadAsync(IClusterAccess cluster, CancellationToken cancellation)
    {
        var settings = cluster.Settings;
        var answers = await cluster.Rest.GetAllAsync(settings.Replicas, static _ => "/status", cancellation);
        return Combine(settings.Algorithm, settings.Replicas, answers);
    }

    /// <summary>How many objects a replica owns by the word of the one that has heard of most of them.</summary>
    public long SeenOwned(ReplicaId id) => Replicas.Max(replica => replica.Ownership?.Owners.GetValueOrDefault(id.ToString()) ?? 0);

    /// <param name="algorithm">What the configuration says.</param>
    /// <param name="replicas">The replicas of the configuration.</param>
    /// <param name="answers">Their answers to <c>/status</c>, in the same order.</param>
    public static ClusterStatus Combine(string algorithm, ImmutableArray<ReplicaAddress> replicas, ImmutableArray<RestAnswer> answers)
    {
        var statuses = answers.Select(Read).ToImmutableArray();
        var (leader, ballot) = FindLeader(statuses.Select(read => read.Status));
        var witness = statuses.FirstOrDefault(read => read.Status?.Id == leader).Status ?? statuses.FirstOrDefault(read => read.Status is not null).Status;
        var executed = statuses.Select(read => Executed(read.Status)).ToImmutableArray();
        var most = executed.Max();
        return new ClusterStatus(
            witness?.Algorithm ?? algorithm,
            [.. replicas.Select((replica, index) => new ReplicaLine(
                replica, statuses[index].Status, statuses[index].Problem, executed[index], most - executed[index], Seen(witness, replica.Id)))],
            leader, ballot);
    }

    private static (NodeStatus? Status, string? Problem) Read(RestAnswer answer)
    {
        if (answer.Body is null)
        {
            return (null, answer.Problem);
        }

        try
        {
            return JsonSerializer.Deserialize<NodeStatus>(answer.Body, Json) is { Id: not null, Members: not null, Roles: not null } status
                ? (status, null)
                : (null, "what answers there is no replica");
        }
        catch (JsonException)
        {
            return (null, "what answers there is no replica");
        }
    }

    private static (string? Leader, Ballot? Ballot) FindLeader(IEnumerable<NodeStatus?> statuses)
    {
        (string? Leader, Ballot? Ballot) best = (null, null);
        foreach (var status in statuses)
        {
            if (status?.Leader is { } leader && Actors.Ballot.TryParse(status.Ballot, out var ballot) && (best.Ballot is null || ballot > best.Ballot))
            {
                best = (leader, ballot);
            }
        }

        return best;
    }

    private static long? Executed(NodeStatus? status)
    {
        foreach (var role in status?.Roles.Values ?? [])
        {
            if (role.TryGetValue("executed", out var text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var slot))
            {
                return slot;
            }
        }

        return null;
    }

    private static string Seen(NodeStatus? witness, ReplicaId id)
    {
        if (witness is null)
        {
            return "?";
        }

        var text = id.ToString();
        return witness.Members.FirstOrDefault(member => member.Id == text) switch
        {
            null => "absent",
            { Cluster: "up", Reachable: false } => "unreachable",
            var member => member.Cluster,
        };
    }
}
