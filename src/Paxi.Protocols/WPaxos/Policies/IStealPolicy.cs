using Paxi.Actors;

namespace Paxi.Protocols.WPaxos.Policies;

/// <summary>
/// Decides for one object when its owner shall hand it over to where the requests come from. One instance an object and ownership; forgotten when the owner actor is passivated. A policy is
/// a class and a line in <see cref="StealPolicies"/>. Part of what a simulation runs: no clock and no chance of its own.
/// </summary>
public interface IStealPolicy
{
    /// <summary>A request for the object.</summary>
    /// <param name="asked">The replica that the client asked.</param>
    /// <param name="now">The replica's clock; never goes back.</param>
    /// <returns>True when the zone of <paramref name="asked"/> should have the object. The owner ignores it when that is its own.</returns>
    bool Hit(ReplicaId asked, TimeSpan now);
}
