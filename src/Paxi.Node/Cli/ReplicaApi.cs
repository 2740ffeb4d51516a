using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli;

/// <summary>What a replica answered by REST, or why it did not.</summary>
/// <param name="Body">The answer's body; null when there was no good answer.</param>
/// <param name="Problem">Why there was none, in a few words; null when there was.</param>
internal sealed record RestAnswer(ReplicaId Id, string? Body, string? Problem);

/// <summary>Asks single replicas by REST. Every call is bounded in time and size and ends in an answer; nothing is thrown for a replica that is down.</summary>
internal sealed class ReplicaApi(HttpMessageHandler handler) : IDisposable
{
    /// <summary>For one call. A replica takes up to a second to gather its status when a role of it does not answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A history of the longest values kept, in base64.</summary>
    private const int MaxBodyBytes = 32 << 20;

    private readonly HttpClient _client = new(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxBodyBytes };

    /// <summary>Asks all of them at the same time; the answers are in the order of the replicas.</summary>
    public async Task<ImmutableArray<RestAnswer>> GetAllAsync(
        IEnumerable<ReplicaAddress> replicas, Func<ReplicaId, string> path, CancellationToken cancellation) =>
        [.. await Task.WhenAll(replicas.Select(replica => GetAsync(replica, path(replica.Id), cancellation)))];

    /// <param name="replica">Whom to ask.</param>
    /// <param name="path">Path and query, escaped.</param>
    /// <exception cref="OperationCanceledException">The caller's own cancellation.</exception>
    public async Task<RestAnswer> GetAsync(ReplicaAddress replica, string path, CancellationToken cancellation)
    {
        if (replica.Rest is null)
        {
            return new RestAnswer(replica.Id, null, "has no http-address in the configuration");
        }

        try
        {
            using var response = await _client.GetAsync(new Uri(replica.Rest, path), cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode
                ? new RestAnswer(replica.Id, body, null)
                : new RestAnswer(replica.Id, null, Refusal(response.StatusCode, body));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RestAnswer(replica.Id, null, string.Create(CultureInfo.InvariantCulture, $"no answer within {Patience.TotalSeconds} s"));
        }
        catch (Exception problem) when (problem is HttpRequestException or SocketException)
        {
            // A replica that dies just when HttpClient has connected shows as the bare SocketException.
            return new RestAnswer(replica.Id, null, Reason(problem));
        }
    }

    public void Dispose() => _client.Dispose();

    private static string Refusal(HttpStatusCode status, string body)
    {
        var line = body.Split('\n', 2)[0].Trim();
        return line.Length > 0 ? ValueText.Show(Encoding.UTF8.GetBytes(line), 200) : string.Create(CultureInfo.InvariantCulture, $"HTTP status {(int)status}");
    }

    private static string Reason(Exception problem) => (problem as SocketException ?? problem.InnerException as SocketException) is { } socket
        ? socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "unknown host",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
            _ => socket.SocketErrorCode.ToString(),
        }
        : ValueText.Escape(problem.Message);
}
