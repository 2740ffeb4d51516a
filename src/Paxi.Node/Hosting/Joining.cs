using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Replicas;
using Paxi.Node.Configuration;

namespace Paxi.Node.Hosting;

/// <summary>
/// A node that is new to a running deployment: it asks a running replica who votes, starts as a replica without a vote, and asks for votes for the replicas of its zone that its
/// configuration lists. They are counted once all of them have caught up.
/// </summary>
internal static class Joining
{
    /// <summary>Replicas that are busy, and a link to them that is new, may take some seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The epoch that a running replica knows.</summary>
    /// <exception cref="ConfigurationException">Nothing answers there.</exception>
    public static async Task<Epoch> AskEpochAsync(PaxiSettings settings, ReplicaAddress self, Address join, CancellationToken cancellation)
    {
        using var system = ActorSystem.Create("paxi-join", AkkaLog.Off.WithFallback(SystemConfiguration.Client(settings, self.Remote.Host.Trim('[', ']'))));
        try
        {
            for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until;)
            {
                if (await AskAsync<EpochView>(system, join, EpochRequest.Instance, AskPatience, cancellation) is { } view)
                {
                    return view.ToEpoch();
                }
            }
        }
        finally
        {
            await system.Terminate();
        }

        throw new ConfigurationException($"--join {join}: no replica answers there within {Patience.TotalSeconds:0} s");
    }

    /// <summary>Asks for votes until this replica has one.</summary>
    /// <param name="system">The node's.</param>
    /// <param name="settings">List the replicas of the zone.</param>
    /// <param name="self">This node.</param>
    /// <param name="first">What <see cref="AskEpochAsync"/> gave.</param>
    /// <param name="join">Whom to ask first.</param>
    /// <param name="epoch">The newest epoch that this node knows.</param>
    /// <param name="output">Told what goes on.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public static async Task AskForVotesAsync(
        ActorSystem system, PaxiSettings settings, ReplicaAddress self, Epoch first, Address join, Func<Epoch> epoch, NodeConsole output,
        CancellationToken cancellation)
    {
        ReplicaId[] add = [.. settings.Ids.Where(id => id.Zone == self.Id.Zone && !first.Voters.Contains(id)).Order()];
        output.Line($"{self.Id} has no vote yet in {first}; asking for votes for {string.Join(", ", add)}");
        var addresses = settings.Replicas.Where(replica => first.Voters.Contains(replica.Id)).Select(replica => replica.Remote).Prepend(join).Distinct().ToArray();
        var told = "";
        for (var turn = 0; !HasVote(epoch(), self.Id); turn++)
        {
            var answer = await AskAsync<ChangeEnded>(
                system, addresses[turn % addresses.Length], new ChangeMembers(add, []), EpochOptions.Create(settings.Section).ChangeTimeout + AskPatience, cancellation);
            if (answer?.Error is { } error && error != told && !HasVote(epoch(), self.Id) && !answer.Epoch.Voters.Contains(self.Id))
            {
                output.Line($"no vote yet: {error}");
                told = error;
            }

            await Task.Delay(Pause, cancellation);
        }

        output.Highlight($"{self.Id} votes: {epoch()}");
    }

    private static bool HasVote(Epoch epoch, ReplicaId id) => !epoch.IsJoint && epoch.Voters.Contains(id);

    /// <summary>Null when nothing answers in time.</summary>
    private static async Task<T?> AskAsync<T>(ActorSystem system, Address address, object message, TimeSpan patience, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await system.ActorSelection($"{address}/user/{ReplicaHandle.ReplicaName}").Ask<T>(message, patience, cancellation);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
