using Akka.Configuration;

namespace Paxi.Actors.Configuration;

/// <summary>What Akka is told: one place for nodes and for clients from outside.</summary>
public static class SystemConfiguration
{
    /// <summary>
    /// For a client's actor system of any name: remoting on a free port of <paramref name="host"/>, no cluster. Make the transport with
    /// <c>new AkkaTransport(system, settings)</c>.
    /// </summary>
    public static Config Client(PaxiSettings settings, string host = "127.0.0.1") => throw new NotImplementedException();
}
