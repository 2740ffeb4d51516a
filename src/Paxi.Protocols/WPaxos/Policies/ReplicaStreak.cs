using Paxi.Actors;

namespace Paxi.Protocols.WPaxos.Policies;

/// <summary>
/// Whether all requests for an object have come through the same replica for a while. Clients of a zone whose replica died or was slow ask another one from then on, and objects stay behind: then each
/// request takes a hop more, and what would be one round of one owner becomes small rounds of several. Clients that ask the replicas in turn make no streak.
/// </summary>
internal struct ReplicaStreak
{
    /// <summary>So few requests are no reason to move anything.</summary>
    private const int Fewest = 16;

    private ReplicaId _asked;
    private int _hits;
    private TimeSpan _since;

    /// <summary>A request came through that replica.</summary>
    /// <returns>True when all did for that time.</returns>
    public bool Hit(ReplicaId asked, TimeSpan now, TimeSpan time)
    {
        if (asked != _asked)
        {
            (_asked, _hits, _since) = (asked, 0, now);
        }

        _hits = Math.Min(_hits + 1, Fewest);
        return _hits == Fewest && now - _since >= time;
    }
}
