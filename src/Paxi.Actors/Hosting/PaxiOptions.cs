using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Hosting;

/// <summary>A client in a hosted actor system. What is null is left to the section <c>paxi</c> of the configuration.</summary>
public class PaxiClientOptions
{
    /// <summary>Every replica and where its actor system listens, as <c>akka.tcp://NAME@HOST:PORT</c>; the same everywhere.</summary>
    public IReadOnlyList<KeyValuePair<ReplicaId, Address>>? Addresses { get; init; }

    /// <summary>Goes in front of the section <c>paxi</c>: its content, not the section itself.</summary>
    public Config? Settings { get; init; }

    /// <summary>The options as HOCON.</summary>
    internal Config ToHocon()
    {
        var text = new StringBuilder();
        foreach (var (id, address) in Addresses ?? [])
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"paxi.address.\"{id}\" = \"{address}\"");
        }

        var addresses = text.Length == 0 ? Config.Empty : ConfigurationFactory.ParseString(text.ToString());
        return Settings is null ? addresses : addresses.WithFallback(Paxi.Actors.Configuration.Reference.Under("paxi", Settings));
    }
}

/// <summary>A replica in a hosted actor system, whose remoting (or cluster) is set up already and listens where the addresses say.</summary>
public sealed class PaxiOptions : PaxiClientOptions
{
    /// <summary>Which replica this system hosts.</summary>
    public required ReplicaId Self { get; init; }

    /// <summary>The same on every replica.</summary>
    public required IProtocol Protocol { get; init; }

    /// <summary>Makes the empty state machine that is replicated; null for the key-value store.</summary>
    public Func<IStateMachine>? StateMachine { get; init; }

    /// <summary>Opens the journal, which is closed with the actor system; null for what <c>paxi.journal</c> and <c>paxi.data</c> say.</summary>
    public Func<IJournalStore>? Store { get; init; }
}
