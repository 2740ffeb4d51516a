using System.Globalization;
using System.Text.Json;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Measurement;

/// <summary>What the replicas count, by their REST <c>/status</c>: the whole numbers of all roles, summed over the replicas.</summary>
internal sealed class ReplicaCounters : IDisposable
{
    /// <summary>When nobody can be asked.</summary>
    public static readonly IReadOnlyDictionary<string, long> None = new SortedDictionary<string, long>(StringComparer.Ordinal);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Uri[] _replicas;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    public ReplicaCounters(PaxiSettings settings) => _replicas = [.. settings.Replicas.Select(static replica => replica.Rest).OfType<Uri>()];

    /// <summary>Sums by <c>role.name</c>; <see cref="None"/> when a replica does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken cancellation)
    {
        if (_replicas.Length == 0)
        {
            return None;
        }

        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        try
        {
            foreach (var status in await Task.WhenAll(_replicas.Select(replica => _http.GetStringAsync(new Uri(replica, "status"), cancellation))))
            {
                Add(sums, status);
            }
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException or TaskCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return None;
        }

        return sums;
    }

    /// <summary>What was counted between the two.</summary>
    public static IReadOnlyDictionary<string, long> Difference(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        var difference = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, count) in after)
        {
            if (before.TryGetValue(name, out var earlier))
            {
                difference[name] = count - earlier;
            }
        }

        return difference;
    }

    public void Dispose() => _http.Dispose();

    private static void Add(SortedDictionary<string, long> sums, string status)
    {
        using var document = JsonDocument.Parse(status);
        foreach (var role in document.RootElement.GetProperty("roles").EnumerateObject())
        {
            foreach (var value in role.Value.EnumerateObject())
            {
                if (long.TryParse(value.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    var name = $"{role.Name}.{value.Name}";
                    sums[name] = sums.GetValueOrDefault(name) + number;
                }
            }
        }
    }
}
