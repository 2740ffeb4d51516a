using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Linearizability;
using Xunit;

namespace Paxi.Processes.Tests;

/// <summary>
/// Clients that read and write a few keys by REST, one operation at a time each, and go to the next replica when one does not answer. What they saw is recorded as a
/// history: an operation that was refused for certain had no effect, one whose answer is missing may have had one at any later time.
/// </summary>
internal sealed class RecordedClients : IAsyncDisposable
{
    private const int Keys = 5;

    /// <summary>Whether figures are wanted. Then tests take as long as that takes; otherwise there are other tests that want the cores.</summary>
    public static readonly bool IsMeasuring = Environment.GetEnvironmentVariable("PAXI_MEASURE") is not null;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(IsMeasuring ? 2 : 5);
    private static readonly TimeSpan PauseInZones = TimeSpan.FromMilliseconds(IsMeasuring ? 20 : 50);

    /// <summary>So many operations at another replica, then a client tries its own again.</summary>
    private const int Away = 10;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>A client that is told to stop ends with the operation that it is at.</summary>
    private static readonly TimeSpan StopPatience = 4 * Timeout;

    private readonly ProcessCluster _cluster;
    private readonly HistoryRecorder _recorder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients;
    private readonly List<(long At, int Client, int Key)> _acknowledged = [];
    private readonly List<(long Begun, long At, int Client)> _answered = [];

    /// <param name="pause">How long a client waits between two operations.</param>
    /// <param name="isAtHome">Whether a client that had to go to another replica comes back to the one that it asked first.</param>
    private RecordedClients(ProcessCluster cluster, int clients, TimeSpan pause, IReadOnlyList<int> replicas, Func<int, IReadOnlyList<int>> keys, bool isAtHome = false)
    {
        _cluster = cluster;
        _clients = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client, pause, replicas, keys(client), isAtHome)))];
    }

    /// <summary>How many writes were acknowledged.</summary>
    public int Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return _acknowledged.Count;
            }
        }
    }

    /// <param name="replicas">The indexes of those that they ask; none named is all.</param>
    public static RecordedClients Start(ProcessCluster cluster, int clients = 6, params int[] replicas) =>
        new(cluster, clients, Pause, replicas.Length > 0 ? replicas : [.. Enumerable.Range(0, cluster.Count)], static _ => [.. Enumerable.Range(0, Keys)]);

    /// <summary>A client for each replica that is there from the start, which it asks whenever that answers; all clients of a zone have the same keys, and those of no other.</summary>
    /// <param name="zones">The keys of each zone, from 0 to 4.</param>
    public static RecordedClients StartInZones(ProcessCluster cluster, params int[][] zones) =>
        new(cluster, cluster.Voters, PauseInZones, [.. Enumerable.Range(0, cluster.Count)], client => zones[client * zones.Length / cluster.Voters], isAtHome: true);

    /// <summary>A further client for each of these replicas, as those of <see cref="StartInZones"/>.</summary>
    public void AddZone(IEnumerable<int> replicas, params int[] keys) => _clients.AddRange(
        replicas.Select(client => Task.Run(() => RunAsync(client, PauseInZones, [.. Enumerable.Range(0, _cluster.Count)], keys, isAtHome: true))));

    /// <summary>Waits until so many more writes were acknowledged.</summary>
    public Task UntilAcknowledgedAsync(int more)
    {
        var goal = Acknowledged + more;
        return UntilAsync($"{more} more writes are acknowledged", () => Acknowledged >= goal);
    }

    /// <summary>How many writes of a key were acknowledged.</summary>
    public int AcknowledgedOf(int key)
    {
        lock (_acknowledged)
        {
            return _acknowledged.Count(write => write.Key == key);
        }
    }

    /// <summary>Waits until so many more writes of each of these keys were acknowledged.</summary>
    public async Task UntilAcknowledgedAsync(int more, params int[] keys)
    {
        var goals = keys.Select(key => (Key: key, Count: AcknowledgedOf(key) + more)).ToArray();
        foreach (var (key, count) in goals)
        {
            await UntilAsync($"{more} more writes of key {key} are acknowledged", () => AcknowledgedOf(key) >= count);
        }
    }

    /// <summary>The longest time without an acknowledged write since a timestamp.</summary>
    /// <param name="key">Of this key; null for any.</param>
    public TimeSpan LongestPauseSince(long timestamp, int? key = null)
    {
        lock (_acknowledged)
        {
            var longest = TimeSpan.Zero;
            var last = timestamp;
            foreach (var (at, _, _) in _acknowledged.Where(write => write.At >= timestamp && (key is null || write.Key == key)))
            {
                var pause = Stopwatch.GetElapsedTime(last, at);
                longest = pause > longest ? pause : longest;
                last = at;
            }

            return longest;
        }
    }

    /// <summary>
    /// Of what was answered after a timestamp, the longest time from a client's first try to an answer, whatever it asked meanwhile and whoever refused; when that
    /// began, seen from the timestamp; and whose it was.
    /// </summary>
    public (TimeSpan Took, TimeSpan Begun, int Client) LongestStallSince(long timestamp)
    {
        lock (_answered)
        {
            return _answered.Where(answer => answer.At >= timestamp)
                .Select(answer => (Stopwatch.GetElapsedTime(answer.Begun, answer.At), Stopwatch.GetElapsedTime(timestamp, answer.Begun), answer.Client)).DefaultIfEmpty().Max();
        }
    }

    /// <summary>For each client, the time from a timestamp to its next acknowledged write; of a client that has none since, nothing.</summary>
    public IReadOnlyList<TimeSpan> NextWritesSince(long timestamp)
    {
        lock (_acknowledged)
        {
            return [.. _acknowledged.Where(write => write.At >= timestamp).GroupBy(static write => write.Client)
                .Select(writes => Stopwatch.GetElapsedTime(timestamp, writes.Min(static write => write.At)))];
        }
    }

    /// <summary>Stops them, reads every key at every replica that is named, and judges all of it.</summary>
    public async Task FinishAsync(params int[] readers)
    {
        await StopAsync();
        foreach (var reader in readers)
        {
            for (var key = 0; key < Keys; key++)
            {
                // A replica that was just away may still be looking for the leader.
                var done = false;
                await _cluster.UntilAsync($"{_cluster.Id(reader)} reads key {key}", async () => done = done || await ReadAsync(1000 + reader, reader, key));
            }
        }

        var history = _recorder.ToHistory();
        var report = LinearizabilityChecker.Check(history);
        Assert.True(report.Verdict == Verdict.Yes, $"{report.Verdict} after {report.Operations} operations, key {report.Key}: {report.Reason}\n"
            + string.Join('\n', report.Fragment.Select(static step => step.Operation)) + "\n" + _cluster);
        Assert.Contains(history.Operations, static operation => operation is { Kind: OperationKind.Set, Ok: true });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(StopPatience);
    }

    /// <summary>A client that failed itself fails the test at once.</summary>
    private Task UntilAsync(string what, Func<bool> isSo) => _cluster.UntilAsync(what, async () =>
    {
        foreach (var client in _clients.Where(static client => client.IsFaulted))
        {
            await client;
        }

        return isSo();
    });

    private async Task RunAsync(int client, TimeSpan pause, IReadOnlyList<int> replicas, IReadOnlyList<int> keys, bool isAtHome)
    {
        var random = new Random(client);
        using var http = NewHttp();
        var target = client;
        var away = 0;
        var begun = Stopwatch.GetTimestamp();
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var key = keys[random.Next(keys.Count)];
            var replica = replicas[target % replicas.Count];
            var isDone = random.Next(2) == 0
                ? await ReadAsync(client, replica, key, http)
                : await WriteAsync(client, replica, key, string.Create(CultureInfo.InvariantCulture, $"{client}-{number}"), http);
            if (isDone)
            {
                lock (_answered)
                {
                    _answered.Add((begun, Stopwatch.GetTimestamp(), client));
                }
            }
            else
            {
                target++;
                away = 0;
            }

            if (isAtHome && target != client && ++away > Away)
            {
                target = client;
            }

            await Task.Delay(isDone ? pause : TimeSpan.FromMilliseconds(20));
            begun = isDone ? Stopwatch.GetTimestamp() : begun;
        }
    }

    private async Task<bool> ReadAsync(int client, int replica, int key)
    {
        using var http = NewHttp();
        return await ReadAsync(client, replica, key, http);
    }

    private async Task<bool> ReadAsync(int client, int replica, int key, HttpClient http)
    {
        var token = _recorder.Invoke(client, OperationKind.Get, Name(key));
        // No value is empty here, so an empty body is an absent key.
        return await EndAsync(token, () => http.GetAsync(Place(replica, key)), body => _recorder.Complete(token, body.Length == 0 ? null : body));
    }

    private async Task<bool> WriteAsync(int client, int replica, int key, string value, HttpClient http)
    {
        var token = _recorder.Invoke(client, OperationKind.Set, Name(key), value);
        return await EndAsync(token, () => http.PutAsync(Place(replica, key), new StringContent(value)), body =>
        {
            _recorder.Complete(token, body.Length == 0 ? null : body);
            lock (_acknowledged)
            {
                _acknowledged.Add((Stopwatch.GetTimestamp(), client, key));
            }
        });
    }

    /// <summary>Tells done, failed for certain and unknown apart.</summary>
    private async Task<bool> EndAsync(int token, Func<Task<HttpResponseMessage>> send, Action<string> done)
    {
        try
        {
            using var answer = await send();
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
            {
                done(body);
                return true;
            }

            if (answer.Headers.TryGetValues("Outcome", out var outcome) && outcome.Contains("failed"))
            {
                _recorder.Fail(token);
                return false;
            }
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            // Nobody was there to take it.
            _recorder.Fail(token);
            return false;
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            // It may have arrived.
        }

        _recorder.Unknown(token);
        return false;
    }

    /// <summary>A connection serves one request: on an old one the library would send a request again when the connection breaks, and one write become two.</summary>
    private static HttpClient NewHttp() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = Timeout };

    private Uri Place(int replica, int key) => new(_cluster.Rest[replica], "/" + Name(key));

    private static string Name(int key) => key.ToString(CultureInfo.InvariantCulture);
}
