using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Replicas;
using Paxi.Bench.Drivers;
using Paxi.Bench.Workloads;
using Paxi.TestKit.Simulation;

namespace Paxi.Bench.Wan;

/// <summary>The clients of a run: closed loops, or arrivals at a rate.</summary>
internal sealed class WanClients
{
    /// <summary>Before a client that was refused asks again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SimulatedCluster _cluster;
    private readonly WanSettings _settings;
    private readonly WanSamples _samples;
    private readonly Client[][] _regions;
    private readonly SeededRandom _random;
    private long _begun;
    private bool _isStopped;

    public WanClients(SimulatedCluster cluster, WanSettings settings, WanSamples samples)
    {
        (_cluster, _settings, _samples) = (cluster, settings, samples);
        _random = new SeededRandom(settings.Seed).Fork("arrivals");
        var operations = settings.Workload.Begin(settings.Seed);
        _regions = [.. Enumerable.Range(0, settings.Matrix.Regions.Count).Select(region => MakeRegion(region, operations))];
    }

    public int UnderWay { get; private set; }

    public void Begin()
    {
        _begun = _cluster.World.NowTicks;
        for (var region = 0; region < _regions.Length; region++)
        {
            if (_settings.Rate is { } rate)
            {
                var random = _random.Fork(_settings.Matrix.Regions[region]);
                Arrive(region, rate, random, 0);
                continue;
            }

            foreach (var client in _regions[region])
            {
                // Not all at the same instant.
                _cluster.World.ScheduleOnce(Pause * _random.NextDouble(), () => Next(client, isLoop: true));
            }
        }
    }

    public void Stop() => _isStopped = true;

    /// <summary>The replicas of its region, another one first for each client, then all others.</summary>
    private Client[] MakeRegion(int region, WanOperations operations)
    {
        var home = _cluster.Replicas.Where(replica => replica.Zone == region + 1).ToArray();
        var clients = new Client[_settings.Clients];
        for (var index = 0; index < clients.Length; index++)
        {
            var first = index % home.Length;
            ReplicaId[] asked = [.. home[first..], .. home[..first], .. _cluster.Replicas.Except(home)];
            var number = (region * clients.Length) + index;
            clients[index] = new Client(region, _cluster.AddClient(asked, zone: region + 1), operations.ForClient(region, number));
        }

        return clients;
    }

    private void Arrive(int region, double rate, Random random, int turn)
    {
        var wait = TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate);
        _cluster.World.ScheduleOnce(wait, () =>
        {
            if (_isStopped)
            {
                return;
            }

            var clients = _regions[region];
            var chosen = turn;
            for (var step = 0; step < clients.Length && clients[chosen].IsBusy; step++)
            {
                chosen = (chosen + 1) % clients.Length;
            }

            Next(clients[chosen], isLoop: false);
            Arrive(region, rate, random, (turn + 1) % clients.Length);
        });
    }

    private void Next(Client client, bool isLoop)
    {
        if (_isStopped)
        {
            return;
        }

        var start = _cluster.World.NowTicks;
        var operation = client.Operations.Next(TimeSpan.FromTicks(start - _begun));
        UnderWay++;
        client.UnderWay++;
        client.Actor.Send(PaxiDriver.CommandOf(operation), reply =>
        {
            UnderWay--;
            client.UnderWay--;
            Note(client.Region, start, operation.Key, reply);
            if (!isLoop)
            {
                return;
            }

            if (reply.Outcome == Outcome.Done)
            {
                Next(client, isLoop);
            }
            else
            {
                _cluster.World.ScheduleOnce(Pause, () => Next(client, isLoop));
            }
        });
    }

    private void Note(int region, long start, string key, Reply reply)
    {
        var outcome = reply.Outcome switch
        {
            Outcome.Done => WanOutcome.Done,
            Outcome.Failed => WanOutcome.Failed,
            _ => WanOutcome.Unknown,
        };
        var sinceMeasured = start - _begun - _settings.WarmUp.Ticks;
        _samples.Add(new WanSample(region, sinceMeasured, _cluster.World.NowTicks - start, outcome, key), reply.Error);
    }

    private sealed record Client(int Region, SimulatedClient Actor, RegionClient Operations)
    {
        public int UnderWay { get; set; }

        public bool IsBusy => UnderWay > 0;
    }
}
