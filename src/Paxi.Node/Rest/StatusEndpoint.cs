using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Paxi.Actors.Membership;
using Paxi.Actors.Replicas;

namespace Paxi.Node.Rest;

/// <summary><c>/status</c> for people and scripts, <c>/health</c> for a load balancer, <c>/metrics</c> for Prometheus.</summary>
internal sealed class StatusEndpoint(ReplicaAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static bool Serves(string segment) => segment is "status" or "health" or "metrics";

    public async Task HandleAsync(HttpContext context, RestPath path)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAKeyAsync(context, path.Segment);
            return;
        }

        try
        {
            await (path.Segment switch
            {
                "metrics" => NodeMetrics.WriteAsync(context),
                "health" => HealthAsync(context),
                _ => StatusAsync(context),
            });
        }
        catch (AskTimeoutException)
        {
            await Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "the replica does not answer");
        }
    }

    private async Task HealthAsync(HttpContext context)
    {
        var health = await ReadAsync(context.RequestAborted);
        // A replica that runs but knows no leader serves nobody; one whose protocol has none is asked for its state alone.
        var well = health.State == "running" && (health.Leader is not null || access.ProposesAnywhere);
        await Answers.TextAsync(context, well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            well ? "ok" : $"{health.State}, leader {health.Leader ?? "none"} {health.Reason}".TrimEnd());
    }

    private async Task StatusAsync(HttpContext context)
    {
        var status = await ReadAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, status, Json, context.RequestAborted);
    }

    private async Task<NodeStatus> ReadAsync(CancellationToken cancellation)
    {
        var replica = await access.Replica.Ask<ReplicaStatus>(StatusRequest.Instance, Patience, cancellation);
        var members = await access.Membership.Ask<MembershipView>(MembershipQuery.Instance, Patience, cancellation);
        var leader = replica.Find(KernelRoles.Gateway, "leader");
        return new NodeStatus(
            access.Self.ToString(), access.Algorithm, replica.State.ToString().ToLowerInvariant(), replica.Reason,
            leader is null or "none" ? null : leader,
            replica.Find(KernelRoles.Gateway, "ballot"),
            [.. access.Members.Select(id =>
            {
                var seen = members.Members.FirstOrDefault(member => member.Id == id);
                return new MemberStatus(id.ToString(), seen?.Status.ToLowerInvariant() ?? "absent", seen?.Reachable ?? false);
            })],
            OwnershipStatus.Of(replica),
            replica.Roles.ToDictionary(role => role.Role, role => (IReadOnlyDictionary<string, string>)role.Values.ToDictionary(StringComparer.Ordinal)));
    }
}

/// <summary>The form of <c>/status</c>.</summary>
/// <param name="Ownership">Null where one leader proposes for all objects.</param>
internal sealed record NodeStatus(
    string Id,
    string Algorithm,
    string State,
    string Reason,
    string? Leader,
    string? Ballot,
    IReadOnlyList<MemberStatus> Members,
    OwnershipStatus? Ownership,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Roles);

internal sealed record MemberStatus(string Id, string Cluster, bool Reachable);
