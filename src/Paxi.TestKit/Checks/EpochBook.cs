using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>Which epochs have begun where: who votes by which quorums. Before a replica has told, it is in the first one.</summary>
public sealed class EpochBook(QuorumSystem first)
{
    private readonly SortedDictionary<long, (Epoch Epoch, QuorumSystem Quorums)> _epochs = new() { [1] = (new Epoch(1, first.Members), first) };
    private readonly Dictionary<ReplicaId, long> _of = [];
    private readonly Dictionary<string, QuorumSystem> _placed = [];

    /// <summary>The newest that has begun anywhere.</summary>
    public Epoch Newest => _epochs.Last().Value.Epoch;

    /// <summary>Replicas that have begun it.</summary>
    public IEnumerable<ReplicaId> Those(long epoch) => _of.Where(pair => pair.Value == epoch).Select(pair => pair.Key).Order();

    public long EpochOf(ReplicaId replica) => _of.GetValueOrDefault(replica, 1);

    public QuorumSystem QuorumsOf(long epoch) => _epochs[epoch].Quorums;

    /// <summary>Those by which that log is decided in the epoch: its own where it has such.</summary>
    public QuorumSystem QuorumsOf(long epoch, string log) => _placed.TryGetValue(log, out var own) ? own : QuorumsOf(epoch);

    /// <summary>The voters that hold that log.</summary>
    public bool Holds(ReplicaId replica, string log) => !_placed.TryGetValue(log, out var own) || own.IndexOf(replica) >= 0;

    /// <summary>That log is decided by these quorums, in every epoch.</summary>
    /// <returns>As of <see cref="Begin"/>.</returns>
    public string? Place(ReplicaId replica, string log, QuorumSystem quorums) =>
        _placed.TryAdd(log, quorums) || _placed[log].Members.SequenceEqual(quorums.Members) && _placed[log].Name == quorums.Name
            ? null
            : $"{replica} places the log of {log} on {string.Join(", ", quorums.Members)}, others on {string.Join(", ", _placed[log].Members)}";

    /// <returns>What is wrong, in one line; null when nothing is.</returns>
    public string? Begin(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        if (_of.TryGetValue(replica, out var before) && before > epoch.Number)
        {
            return $"{replica} goes back from epoch {before} to {epoch.Number}";
        }

        _of[replica] = epoch.Number;
        if (_epochs.TryAdd(epoch.Number, (epoch, quorums)))
        {
            return null;
        }

        return _epochs[epoch.Number].Epoch == epoch ? null : $"{replica} begins {epoch}, but {_epochs[epoch.Number].Epoch} has that number";
    }
}
