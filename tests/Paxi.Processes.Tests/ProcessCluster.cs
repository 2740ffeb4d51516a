using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Paxi.TestKit;
using Xunit;

namespace Paxi.Processes.Tests;

/// <summary>
/// Replicas 1.1, 1.2, …, or several zones of them, as processes of their own, on ports that were free, with journals in a directory of the test. All of it goes away with the test,
/// however that ends.
/// </summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>For a single wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>For all waits of a test together: none goes on for longer, however many waits it has.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly PaxiProcess?[] _replicas;
    private readonly List<string> _past = [];
    private readonly int _voters;
    private readonly int _nodes;
    private readonly bool _hasLeader;
    private readonly string _seed;
    private readonly Stopwatch _age = Stopwatch.StartNew();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <param name="paxi">More for the section <c>paxi</c>.</param>
    /// <param name="joining">The last so many replicas are not in the configuration of the others and join later.</param>
    /// <param name="nodes">Replicas in each zone; 0 for a single zone.</param>
    public ProcessCluster(int replicas, string paxi = "", int joining = 0, string algorithm = "paxos", int nodes = 0)
    {
        _nodes = nodes == 0 ? replicas : nodes;
        _hasLeader = algorithm == "paxos";
        _voters = replicas - joining;
        _replicas = new PaxiProcess?[replicas];
        var ports = FreePorts.Take(2 * replicas);
        Rest = [.. ports.Skip(replicas).Select(static port => new Uri($"http://127.0.0.1:{port}"))];
        var text = new StringBuilder($"paxi {{\n  algorithm = {algorithm}\n  admin = on\n  client.timeout = 3s\n").AppendLine(paxi);
        for (var index = 0; index < replicas; index++)
        {
            if (index == _voters)
            {
                File.WriteAllText(ConfigurationFile, $"{text}}}\n");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"  address.\"{Id(index)}\" = \"akka.tcp://paxi@127.0.0.1:{ports[index]}\"");
            text.AppendLine(CultureInfo.InvariantCulture, $"  http-address.\"{Id(index)}\" = \"{Rest[index].GetLeftPart(UriPartial.Authority)}\"");
        }

        File.WriteAllText(joining > 0 ? WholeConfigurationFile : ConfigurationFile, text.AppendLine("}").ToString());
        _seed = $"akka.tcp://paxi@127.0.0.1:{ports[0]}";
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("paxi-processes-").FullName;

    public string ConfigurationFile => Path.Combine(Directory, "cluster.hocon");

    /// <summary>Lists those too that join later.</summary>
    public string WholeConfigurationFile => Path.Combine(Directory, "whole.hocon");

    public string Data => Path.Combine(Directory, "data");

    /// <summary>Where each replica serves REST, zone by zone.</summary>
    public IReadOnlyList<Uri> Rest { get; }

    public int Count => _replicas.Length;

    /// <summary>The first so many are in the configuration from the start; the others join.</summary>
    public int Voters => _voters;

    public PaxiProcess this[int index] => _replicas[index] ?? throw new InvalidOperationException($"replica {Id(index)} does not run");

    public string Id(int index) => $"{(index / _nodes) + 1}.{(index % _nodes) + 1}";

    public int IndexOf(string id) => Enumerable.Range(0, Count).Single(index => Id(index) == id);

    /// <summary>The indexes of a zone's replicas.</summary>
    public int[] Zone(int zone) => [.. Enumerable.Range((zone - 1) * _nodes, _nodes)];

    public void Start(int index) => _replicas[index] = index < _voters
        ? PaxiProcess.Start("server", "--id", Id(index), "--config", ConfigurationFile, "--data", Data)
        : PaxiProcess.Start("server", "--id", Id(index), "--config", WholeConfigurationFile, "--data", Data, "--join", _seed);

    public async Task StartAllAsync()
    {
        for (var index = 0; index < _voters; index++)
        {
            Start(index);
        }

        await UntilReadyAsync();
    }

    /// <summary>Until all that run serve; with a leader that they agree on, if the protocol has one.</summary>
    public async Task UntilReadyAsync()
    {
        if (_hasLeader)
        {
            await UntilLeaderAsync();
            return;
        }

        foreach (var index in Enumerable.Range(0, Count).Where(index => _replicas[index] is not null))
        {
            await UntilAsync($"{Id(index)} runs", async () => await StatusAsync(index, static status => status.GetProperty("state").GetString()) == "running");
        }
    }

    public async Task KillAsync(int index)
    {
        var replica = this[index];
        _replicas[index] = null;
        await replica.KillAsync();
        Remember(index, replica);
        await replica.DisposeAsync();
    }

    public Task KillAllAsync() => Task.WhenAll(Enumerable.Range(0, Count).Where(index => _replicas[index] is not null).Select(KillAsync));

    /// <summary>The leader that every replica which runs takes for the leader.</summary>
    public async Task<int> UntilLeaderAsync()
    {
        var leader = "";
        await UntilAsync("all agree on a leader", async () =>
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var index = 0; index < Count; index++)
            {
                if (_replicas[index] is not null)
                {
                    seen.Add(await StatusAsync(index, static status => status.GetProperty("leader").GetString()) ?? "none");
                }
            }

            leader = seen.First();
            return seen.Count == 1 && leader != "none";
        });
        return IndexOf(leader);
    }

    /// <summary>The index of a key's owner, as far as a replica knows.</summary>
    public async Task<int> OwnerAsync(int index, string key)
    {
        using var answer = JsonDocument.Parse(await GetAsync(index, $"/owner?key={key}"));
        return IndexOf(answer.RootElement.GetProperty("owner").GetString() ?? throw new InvalidOperationException($"{Id(index)} knows no owner of {key}"));
    }

    /// <summary>Waits until all that run have executed the same slots of every object. To be called when nobody writes.</summary>
    public Task UntilEqualAsync() => UntilAsync("all hold the same", async () =>
    {
        var digests = new HashSet<string?>();
        foreach (var index in Enumerable.Range(0, Count).Where(index => _replicas[index] is not null))
        {
            digests.Add(await StatusAsync(index, static status => status.GetProperty("roles").GetProperty("learner").GetProperty("digest").GetString()));
        }

        return digests.Count == 1 && !digests.Contains(null);
    });

    /// <summary>The last slot that a replica has executed; -1 when it does not answer.</summary>
    public async Task<long> ExecutedAsync(int index) => long.Parse(
        await StatusAsync(index, static status => status.GetProperty("roles").GetProperty("learner").GetProperty("executed").GetString()) ?? "-1",
        CultureInfo.InvariantCulture);

    /// <summary>Waits until a replica has executed what another one has executed now.</summary>
    public async Task UntilCaughtUpAsync(int index, int other)
    {
        var goal = await ExecutedAsync(other);
        Assert.True(goal > 0);
        await UntilAsync($"{Id(index)} has executed up to {goal}", async () => await ExecutedAsync(index) >= goal);
    }

    /// <summary>Something of a replica's status; null when it does not answer.</summary>
    public async Task<string?> StatusAsync(int index, Func<JsonElement, string?> part)
    {
        try
        {
            using var status = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Rest[index], "/status")));
            return part(status.RootElement);
        }
        catch (Exception fault) when (fault is HttpRequestException or System.Net.Sockets.SocketException or OperationCanceledException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The body of the answer to a GET of a replica; fails when it is not a good one.</summary>
    public async Task<string> GetAsync(int index, string path) => await _http.GetStringAsync(new Uri(Rest[index], path));

    /// <summary>The sum of a metric over all its labels.</summary>
    public async Task<double> MetricAsync(int index, string name)
    {
        var text = await GetAsync(index, "/metrics");
        return text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public async Task PutAsync(int index, string key, string value)
    {
        using var answer = await _http.PutAsync(new Uri(Rest[index], "/" + key), new StringContent(value));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Asks again and again. Whoever does not answer in time, or not well, has not said yes.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        var patience = Patience < Lifetime - _age.Elapsed ? Patience : Lifetime - _age.Elapsed;
        var last = "";
        while (true)
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                last = $" ({fault.Message})";
            }

            if (clock.Elapsed >= patience)
            {
                Assert.Fail($"not within {patience.TotalSeconds:0} s, {_age.Elapsed.TotalSeconds:0} s after the test began: {what}{last}\n{this}\n{await StatusesAsync()}");
            }

            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            if (replica is not null)
            {
                await replica.DisposeAsync();
            }
        }

        _http.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>What the processes said, for a test that fails.</summary>
    public override string ToString()
    {
        var text = new List<string>(_past);
        for (var index = 0; index < Count; index++)
        {
            if (_replicas[index] is { } replica)
            {
                text.AddRange(Said(index, replica));
            }
        }

        return string.Join('\n', text);
    }

    /// <summary>How all are that answer, for a test that fails.</summary>
    private async Task<string> StatusesAsync()
    {
        var texts = await Task.WhenAll(Enumerable.Range(0, Count).Select(async index =>
            $"[{Id(index)}] {(_replicas[index] is null ? "not running" : await StatusAsync(index, static status => status.GetRawText()) ?? "no answer")}"));
        return string.Join('\n', texts);
    }

    /// <summary>Replicas may be killed at the same time.</summary>
    private void Remember(int index, PaxiProcess replica)
    {
        lock (_past)
        {
            _past.AddRange([.. Said(index, replica), $"[{Id(index)}] (killed)"]);
        }
    }

    private IEnumerable<string> Said(int index, PaxiProcess replica) =>
        replica.Output.Concat(replica.Errors).Select(line => $"[{Id(index)}] {line}");
}
