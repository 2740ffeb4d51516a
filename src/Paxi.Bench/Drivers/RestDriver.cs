using System.Globalization;
using System.Net;
using Paxi.Actors.Configuration;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Drivers;

/// <summary>REST as Paxi's own client speaks it, <c>GET</c> and <c>PUT /{key}</c>: a connection for each client, and each client asks one replica, in turn: any, or one of its zone.</summary>
internal sealed class RestDriver : IDriver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly Uri[][] _zones;

    /// <param name="isSpread">Client c belongs to zone c modulo their number, and asks a replica of its zone.</param>
    /// <exception cref="ConfigurationException">No replica serves REST.</exception>
    public RestDriver(PaxiSettings settings, int clients, bool isSpread = false)
    {
        _zones = [.. ZoneReplicas.Of(settings, isSpread).Select(zone => zone.Select(id => settings.Find(id).Rest).OfType<Uri>().ToArray())];
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

        var own = _zones[client % _zones.Length];
        var uri = new Uri(own[client / _zones.Length % own.Length], Uri.EscapeDataString(operation.Key));
        using var request = new HttpRequestMessage(operation.IsRead ? HttpMethod.Get : HttpMethod.Put, uri);
        if (operation.Value is { } value)
        {
            request.Content = new ByteArrayContent(value);
        }

        try
        {
            using var response = await _http.SendAsync(request).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return Judge(response.StatusCode, body, operation);
        }
        catch (OperationCanceledException)
        {
            return LoadResult.Unknown("no answer");
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return LoadResult.Failed(fault.Message);
        }
        catch (HttpRequestException fault)
        {
            return LoadResult.Unknown(fault.Message);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    /// <summary>Paxi's REST cannot tell absent from empty, so an empty body of a read is no value; what a write found is left alone for the same reason.</summary>
    private static LoadResult Judge(HttpStatusCode status, byte[] body, LoadOperation operation)
    {
        if (status == HttpStatusCode.OK)
        {
            return LoadResult.Done(operation.IsRead && body.Length > 0 ? body : null);
        }

        var error = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}: {System.Text.Encoding.UTF8.GetString(body).Trim()}");
        return (int)status is >= 400 and < 500 || operation.IsRead ? LoadResult.Failed(error) : LoadResult.Unknown(error);
    }
}
