using Akka.Configuration;

namespace Paxi.Node.Configuration;

/// <summary>
/// For actor systems that live for one command. Akka logs to standard output, which belongs to the answer; a replica that cannot be reached is tried again or
/// another one is, and the outcome says the rest.
/// </summary>
internal static class AkkaLog
{
    public static Config Off { get; } = ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }");
}
