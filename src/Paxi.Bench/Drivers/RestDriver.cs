using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Drivers;

/// <summary>REST as Paxi's own client speaks it, <c>GET</c> and <c>PUT /{key}</c>: a connection for each client. Each client asks one replica, any or one of its zone; while that refuses connections, the next ones in the order of its zone.</summary>
internal sealed class RestDriver : IDriver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    /// <summary>For each zone, and there for each of its replicas that a client may ask first.</summary>
    private readonly Uri[][][] _zones;

    /// <param name="settings">Where the replicas are.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="isSpread">Client c belongs to zone c modulo their number, and asks a replica of its zone before all others.</param>
    /// <exception cref="ConfigurationException">No replica serves REST.</exception>
    public RestDriver(PaxiSettings settings, int clients, bool isSpread = false)
    {
        _zones = [.. ZoneReplicas.Of(settings, isSpread).Select(zone => Orders(settings, zone))];
        if (Array.Exists(_zones, static zone => zone.Length == 0))
        {
            throw new ConfigurationException($"{settings.Source}: http-address is empty, so --transport http has nobody to ask; give each replica one");
        }

        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients, UseProxy = false, UseCookies = false })
        {
            Timeout = Patience,
        };
    }

    public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        if (operation.Parts is not null)
        {
            return LoadResult.Failed("REST has no transactions");
        }

        var zone = _zones[client % _zones.Length];
        LoadResult? refused = null;
        foreach (var replica in zone[client / _zones.Length % zone.Length])
        {
            if (await AskAsync(replica, operation).ConfigureAwait(false) is var result && result.IsAnswer)
            {
                return result.Result;
            }

            refused ??= result.Result;
        }

        return refused!.Value;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    /// <returns>False and why when there was no connection, so that another one may be asked.</returns>
    private async ValueTask<(bool IsAnswer, LoadResult Result)> AskAsync(Uri replica, LoadOperation operation)
    {
        var uri = new Uri(replica, Uri.EscapeDataString(operation.Key));
        using var request = new HttpRequestMessage(operation.IsRead ? HttpMethod.Get : HttpMethod.Put, uri);
        if (operation.Value is { } value)
        {
            request.Content = new ByteArrayContent(value);
        }

        try
        {
            using var response = await _http.SendAsync(request).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return (true, Judge(response.StatusCode, body, operation));
        }
        catch (OperationCanceledException)
        {
            return (true, LoadResult.Unknown("no answer"));
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return (false, LoadResult.Failed(fault.Message));
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException)
        {
            // A replica that dies just when HttpClient has connected shows as the bare SocketException.
            return (true, LoadResult.Unknown(fault.Message));
        }
    }

    /// <summary>Whom the clients of a zone ask one after another: for each of its replicas that serves REST, the order that begins with it.</summary>
    private static Uri[][] Orders(PaxiSettings settings, ImmutableArray<ReplicaId> zone) =>
    [
        .. zone.Select((id, index) => (id, index)).Where(first => settings.Find(first.id).Rest is not null).Select(first =>
            ZoneReplicas.Order(settings, [.. zone[first.index..], .. zone[..first.index]], 0).Select(id => settings.Find(id).Rest).OfType<Uri>().ToArray()),
    ];

    /// <summary>Paxi's REST cannot tell absent from empty, so an empty body of a read is no value; what a write found is left alone for the same reason.</summary>
    private static LoadResult Judge(HttpStatusCode status, byte[] body, LoadOperation operation)
    {
        if (status == HttpStatusCode.OK)
        {
            // A mere null beside an array or a memory would become a memory that is empty.
            return LoadResult.Done(operation.IsRead && body.Length > 0 ? body : default(ReadOnlyMemory<byte>?));
        }

        var error = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}: {System.Text.Encoding.UTF8.GetString(body).Trim()}");
        return (int)status is >= 400 and < 500 || operation.IsRead ? LoadResult.Failed(error) : LoadResult.Unknown(error);
    }
}
