using Akka.Configuration;
using Paxi.Actors.Configuration;

namespace Paxi.Bench.Drivers;

/// <summary>For a client's actor system here: a replica that is not up yet, or no longer, is an outcome of commands, not news.</summary>
internal static class QuietConfiguration
{
    public static Config Client(PaxiSettings settings) => ConfigurationFactory
        .ParseString("""akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }""")
        .WithFallback(SystemConfiguration.Client(settings));
}
