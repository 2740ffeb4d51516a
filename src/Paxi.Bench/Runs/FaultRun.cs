using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Bench.Measurement;
using Paxi.Bench.Processes;

namespace Paxi.Bench.Runs;

/// <summary>Does the faults of a script to a cluster under load: kills and starts processes, and asks the replicas by REST to harm their links.</summary>
internal sealed class FaultRun(IReadOnlyList<FaultStep> script, LocalCluster cluster, ClusterRun run, string hotKey) : IFaultRun
{
    private const double MeasuredFromStart = 0.5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly List<FaultMark> _done = [];

    /// <summary>For each kill its place in <see cref="_done"/> and whom it met.</summary>
    private readonly List<(int Mark, ImmutableArray<ReplicaId> Ids)> _kills = [];
    private readonly SortedSet<ReplicaId> _killed = [];

    /// <exception cref="BenchException">A step cannot be done, as when no replica says who leads.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            foreach (var step in script)
            {
                var left = step.At - Elapsed();
                if (left > TimeSpan.Zero)
                {
                    await Task.Delay(left, cancellation);
                }

                await DoAsync(step, http, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    public IReadOnlyList<FaultMark> Marks()
    {
        var meter = run.Meter!;
        var ticks = meter.PerTick();
        var end = meter.Length.TotalSeconds;
        var marks = new List<FaultMark>();
        for (var index = 0; index < _done.Count; index++)
        {
            var mark = _done[index];
            var until = index + 1 < _done.Count ? _done[index + 1].From : end;
            var found = Recovery.Of(ticks, LoadMeter.TickLength.TotalSeconds, mark.From, until);
            marks.Add(mark with { Recovery = found.Seconds, Lowest = found.Lowest, Silence = found.Silence });
        }

        return marks;
    }

    private TimeSpan Elapsed() => Stopwatch.GetElapsedTime(run.Meter!.From);

    private async Task DoAsync(FaultStep step, HttpClient http, CancellationToken cancellation)
    {
        var ids = await ResolveAsync(step.Target, http, cancellation);
        var at = Elapsed().TotalSeconds;
        var named = string.Join(',', ids);
        var text = step.Target.Role is null ? step.ToString() : step.ToString().Replace(step.Target.Role, $"{step.Target.Role} {named}", StringComparison.Ordinal);
        // Marked before it is done: what it does to the load begins at once.
        _done.Add(new FaultMark(at, step.For is { } time ? at + time.TotalSeconds : step.Kind == FaultKind.Restart ? at + MeasuredFromStart : null, text));
        switch (step.Kind)
        {
            case FaultKind.Kill:
                _kills.Add((_done.Count - 1, ids));
                foreach (var id in ids)
                {
                    await cluster.KillAsync(id);
                    _killed.Add(id);
                }

                break;
            case FaultKind.Restart:
                foreach (var id in ids)
                {
                    cluster.Restart(id);
                    _killed.Remove(id);
                }

                EndKills(at);

                break;
            case FaultKind.Partition:
                await AskAsync(http, Running(), _ => $"partition?ids={named}&t={Seconds(step)}", cancellation);
                break;
            case FaultKind.Slow:
                await HarmLinksAsync(http, ids, to => string.Create(CultureInfo.InvariantCulture, $"slow?id={to}&ms={step.Amount}&t={Seconds(step)}"), cancellation);
                break;
            default:
                await HarmLinksAsync(http, ids, to => string.Create(CultureInfo.InvariantCulture, $"flaky?id={to}&p={step.Amount}&t={Seconds(step)}"), cancellation);
                break;
        }
    }

    private static string Seconds(FaultStep step) => step.For!.Value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A kill is over when all that it met were started again.</summary>
    private void EndKills(double at)
    {
        foreach (var (mark, ids) in _kills.Where(kill => !kill.Ids.Any(_killed.Contains)))
        {
            _done[mark] = _done[mark] with { To = _done[mark].To ?? at };
        }
    }

    private IEnumerable<ReplicaAddress> Running() => cluster.Settings.Replicas.Where(replica => cluster.IsRunning(replica.Id));

    /// <summary>What these send to all others.</summary>
    private async Task HarmLinksAsync(HttpClient http, ImmutableArray<ReplicaId> ids, Func<ReplicaId, string> query, CancellationToken cancellation)
    {
        foreach (var to in cluster.Settings.Ids)
        {
            await AskAsync(http, Running().Where(replica => ids.Contains(replica.Id) && replica.Id != to), _ => query(to), cancellation);
        }
    }

    private static async Task AskAsync(HttpClient http, IEnumerable<ReplicaAddress> replicas, Func<ReplicaId, string> query, CancellationToken cancellation)
    {
        await Task.WhenAll(replicas.Select(async replica =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(replica.Rest!, query(replica.Id)), cancellation);
                if (!answer.IsSuccessStatusCode)
                {
                    throw new BenchException($"replica {replica.Id} refused the fault: {(await answer.Content.ReadAsStringAsync(cancellation)).Trim()}");
                }
            }
            catch (Exception silent) when (silent is HttpRequestException or SocketException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new BenchException($"replica {replica.Id} did not take the fault: {silent.Message}");
            }
        }));
    }

    private async Task<ImmutableArray<ReplicaId>> ResolveAsync(FaultTarget target, HttpClient http, CancellationToken cancellation)
    {
        if (target.Role is null)
        {
            return target.Ids;
        }

        if (target.Role == FaultTarget.Killed)
        {
            return _killed.Count > 0 ? [.. _killed] : throw new BenchException("there is no replica to restart: none was killed");
        }

        var (path, property) = target.Role == FaultTarget.Leader ? ("status", "leader") : ($"owner?key={Uri.EscapeDataString(hotKey)}", "owner");
        foreach (var replica in Running())
        {
            try
            {
                using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(replica.Rest!, path), cancellation));
                if (ReplicaId.TryParse(answer.RootElement.GetProperty(property).GetString(), null, out var id) && cluster.IsRunning(id))
                {
                    return [id];
                }
            }
            catch (Exception silent) when (silent is HttpRequestException or SocketException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Another one may know.
            }
        }

        throw new BenchException(target.Role == FaultTarget.Leader
            ? "no replica says who leads; for a protocol whose objects have owners write owner"
            : $"no replica says who owns key {hotKey}");
    }
}
