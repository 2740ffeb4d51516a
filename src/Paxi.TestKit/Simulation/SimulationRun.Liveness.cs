using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Simulation;

/// <summary>The liveness phase: everything has healed, so what the clients ask for must come.</summary>
public sealed partial class SimulationRun
{
    /// <summary>Between two tries of a fresh write or read: it may fail for certain, or its outcome be unknown, as when there are more clients than sessions.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_lateTimeout = TimeSpan.FromSeconds(5);

    private void LivenessPhase()
    {
        if (IsOver)
        {
            return;
        }

        _injector.HealAll();
        var patience = _options.LivenessBound + _workload.Timeout;
        if (!Reach(AreClientsDone, patience, () => "clients still wait for the end of their operations")
            || !WriteEverywhere()
            || !ReadEverything()
            || !ReadEverywhere()
            || !Reach(() => !_cluster.Epochs.Newest.IsJoint, _options.LivenessBound, () => $"the members are still being changed: {_cluster.Epochs.Newest}")
            || !Reach(_cluster.HasConverged, _options.LivenessBound, () => "the replicas have not executed the same slots"))
        {
            return;
        }

        if (_cluster.Ledger.IsFollowed)
        {
            _cluster.CheckConverged();
        }
    }

    private bool WriteEverywhere()
    {
        var missing = _cluster.Replicas.ToHashSet();
        string? refusal = null;
        foreach (var replica in _cluster.Replicas)
        {
            var client = LateClient([replica]);
            SendUntilDone(client, () => new Set($"fresh {replica}", Encoding.UTF8.GetBytes($"{client.Number}.{++_lateCommands}")), () => missing.Remove(replica), why => refusal = why);
        }

        return Reach(() => missing.Count == 0, _options.LivenessBound, () => $"no write has succeeded at {string.Join(", ", missing.Order())} ({refusal})");
    }

    private bool ReadEverything()
    {
        var client = LateClient(_cluster.Replicas);
        var missing = _workload.Keys;
        string? refusal = null;
        for (var key = 0; key < _workload.Keys; key++)
        {
            var command = new Get($"k{key}") { Mode = _cluster.Protocol.Promises.ReadModes[0] };
            SendUntilDone(client, () => command, () => missing--, why => refusal = why);
        }

        return Reach(() => missing == 0, _options.LivenessBound, () => $"{missing} keys could not be read ({refusal})");
    }

    /// <summary>Each replica answers reads of every mode: what it lost under way must not hang the next ones.</summary>
    private bool ReadEverywhere()
    {
        var missing = new SortedSet<(ReplicaId Replica, ReadMode Mode)>();
        string? refusal = null;
        foreach (var replica in _cluster.Replicas)
        {
            var client = LateClient([replica]);
            foreach (var mode in _cluster.Protocol.Promises.ReadModes)
            {
                missing.Add((replica, mode));
                SendUntilDone(client, () => new Get("k0") { Mode = mode }, () => missing.Remove((replica, mode)), why => refusal = why);
            }
        }

        return Reach(() => missing.Count == 0, _options.LivenessBound, () => $"no read has succeeded as {string.Join(", ", missing.Select(read => $"{read.Mode} at {read.Replica}"))} ({refusal})");
    }

    /// <summary>Sends what it is given, again after a pause, until it is done; why it was not goes to <paramref name="refused"/>.</summary>
    private void SendUntilDone(SimulatedClient client, Func<Command> command, Action done, Action<string> refused) => client.Send(command(), reply =>
    {
        if (reply.Outcome == Outcome.Done)
        {
            done();
            return;
        }

        refused($"{reply.Outcome}: {reply.Error}");
        World.ScheduleOnce(s_pause, () => SendUntilDone(client, command, done, refused));
    });

    /// <summary>A client of the liveness phase.</summary>
    private SimulatedClient LateClient(IEnumerable<ReplicaId> replicas) => _cluster.AddClient(
        replicas, settings => settings with { Timeout = s_lateTimeout, ReadMode = ReadMode.Log });

    private bool Reach(Func<bool> goal, TimeSpan within, Func<string> missing)
    {
        Advance(goal, within);
        return !IsOver && (goal() || Fail($"{within.TotalSeconds:0} s of virtual time after all faults have ended, {missing()}"));
    }
}
