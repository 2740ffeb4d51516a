using Akka.Hosting;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;

namespace Paxi.Actors.Hosting;

/// <summary>Paxi for Akka.Hosting.</summary>
public static class PaxiHostingExtensions
{
    /// <summary>
    /// A client of replicas that run elsewhere. The system needs Akka.Remote, as by <c>WithRemoting</c>. The client is
    /// <c>PaxiExtension.Get(system).Client</c>; its actor is registered as <c>IRequiredActor&lt;PaxiClient&gt;</c>.
    /// </summary>
    public static AkkaConfigurationBuilder WithPaxiClient(this AkkaConfigurationBuilder builder, PaxiClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithSettings(options).WithActors((system, registry) => registry.Register<PaxiClient>(PaxiExtension.Get(system).Client.Actor));
    }

    /// <summary>
    /// A replica in this system, and a client that asks it first. The system needs Akka.Remote, as by <c>WithRemoting</c>, or
    /// Akka.Cluster with the roles of <see cref="Membership.NodeRoles.Of"/>, and listens where the addresses say. The replica's actor is
    /// registered as <c>IRequiredActor&lt;PaxiExtension&gt;</c>, the client's as <c>IRequiredActor&lt;PaxiClient&gt;</c>.
    /// </summary>
    public static AkkaConfigurationBuilder WithPaxi(this AkkaConfigurationBuilder builder, PaxiOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithSettings(options).WithActors((system, registry) =>
        {
            var paxi = PaxiExtension.Get(system);
            registry.Register<PaxiExtension>(paxi.StartReplica(options).Replica);
            registry.Register<PaxiClient>(paxi.Client.Actor);
        });
    }

    private static AkkaConfigurationBuilder WithSettings(this AkkaConfigurationBuilder builder, PaxiClientOptions options)
    {
        var own = options.ToHocon();
        var configured = own.IsEmpty ? builder : builder.AddHocon(own, HoconAddMode.Prepend);
        return configured.AddHocon(Reference.Whole, HoconAddMode.Append);
    }
}
