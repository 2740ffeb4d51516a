using System.Text;
using Akka.Configuration;

namespace Paxi.TestKit.World;

/// <summary>The HOCON that puts an actor system into a simulated world.</summary>
internal static class WorldConfiguration
{
    private static readonly string[] Dispatchers =
    [
        "akka.actor.default-dispatcher",
        "akka.actor.internal-dispatcher",
        "akka.actor.default-blocking-io-dispatcher",
        "akka.actor.synchronized-dispatcher",
        "akka.actor.task-dispatcher",
        "akka.actor.default-fork-join-dispatcher",
        "paxi.dispatcher",
        "paxi.client.dispatcher",
        "paxi.journal-dispatcher",
    ];

    private static readonly Lazy<Config> Parsed = new(static () => ConfigurationFactory.ParseString(Text()));

    public static Config Default => Parsed.Value;

    private static string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              loggers = []
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              scheduler.implementation = "{{typeof(SimulatedScheduler).FullName}}, Paxi.TestKit"
              coordinated-shutdown.run-by-actor-system-terminate = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              actor.provider = "Akka.Actor.LocalActorRefProvider"
            }
            """);
        foreach (var dispatcher in Dispatchers)
        {
            text.AppendLine(
                $$"""
                {{dispatcher}} {
                  type = "{{typeof(SimulatedDispatcherConfigurator).FullName}}, Paxi.TestKit"
                  throughput = 1
                  shutdown-timeout = 0s
                }
                """);
        }

        return text.ToString();
    }
}
