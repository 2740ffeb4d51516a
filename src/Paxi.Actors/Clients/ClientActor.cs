using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;

namespace Paxi.Actors.Clients;

/// <summary>The client: keeps the session, follows leader hints, retries with the same sequence numbers, coalesces, honours deadlines.</summary>
public sealed class ClientActor : UntypedActor
{
    /// <param name="settings">Whom to ask and how long.</param>
    /// <param name="transport">Akka.Remote when live, the simulated network in a simulation.</param>
    /// <param name="random">Session ids and retry jitter.</param>
    public static Props Props(ClientSettings settings, IClientTransport transport, Random random) => throw new NotImplementedException();

    protected override void OnReceive(object message) => throw new NotImplementedException();
}

/// <param name="Replicas">Whom it may ask; the first is asked first.</param>
/// <param name="Timeout">When a command's outcome becomes unknown.</param>
/// <param name="RetryInterval">How long to wait for a replica before the next one is asked with the same sequence numbers.</param>
/// <param name="ReadMode">For reads that say nothing else.</param>
/// <param name="MaxOutstanding">How many commands may be under way; further ones wait.</param>
/// <param name="MaxWaiting">How many may wait; further ones fail as overloaded, without effect.</param>
public sealed record ClientSettings(
    ImmutableArray<ReplicaId> Replicas, TimeSpan Timeout, TimeSpan RetryInterval, ReadMode ReadMode, int MaxOutstanding, int MaxWaiting)
{
    /// <summary>From the section <c>paxi</c>.</summary>
    /// <exception cref="ArgumentException">A value is out of range; one line that names the key.</exception>
    public static ClientSettings Create(Config paxi, ImmutableArray<ReplicaId> replicas) => throw new NotImplementedException();
}
