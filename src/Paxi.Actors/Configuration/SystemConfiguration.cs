using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Paxi.Actors.Links;

namespace Paxi.Actors.Configuration;

/// <summary>What Akka is told: one place for nodes and for clients from outside. The file's own section <c>akka</c> goes in front of all of it.</summary>
public static class SystemConfiguration
{
    /// <summary>A frame holds an envelope with room for one more message of the largest value and for Akka's own headers.</summary>
    public const int MaxFrameBytes = 4 * LinksActor.MaxEnvelopeBytes;

    /// <summary>
    /// For a client's actor system of any name: remoting on a free port of <paramref name="host"/>, no cluster. Make the transport with
    /// <c>new AkkaTransport(system, settings)</c>.
    /// </summary>
    /// <param name="host">An address of this machine that the replicas can reach.</param>
    public static Config Client(PaxiSettings settings, string host = "127.0.0.1") => settings.Akka
        .WithFallback(ConfigurationFactory.ParseString($$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "{{host}}", port = 0, dns-use-ipv6 = {{UsesIpv6(host)}} }
            """))
        .WithFallback(ConfigurationFactory.ParseString(Shared))
        .WithFallback(Reference.Whole);

    /// <summary>
    /// For a node, without what differs from node to node (host, port, roles, seeds). Behind it belongs nothing but Akka's own reference.
    /// </summary>
    public static Config Node(PaxiSettings settings) => settings.Akka
        .WithFallback(Reference.Under("paxi", settings.Section))
        .WithFallback(ConfigurationFactory.ParseString(Cluster))
        .WithFallback(ConfigurationFactory.ParseString(Shared))
        .WithFallback(Reference.Whole);

    /// <summary>Whether the host is a literal IPv6 address, with or without brackets: the transport must be told to look among those.</summary>
    public static string UsesIpv6(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? "on" : "off";

    /// <summary>
    /// A peer that is down is tried again after 200 to 1,000 ms: what is sent in between is lost, which the protocols bear, and the wait bounds how
    /// long a peer that came back is missed. Two connections for each peer look twice in this timeout whether to acknowledge system messages: at Akka's 300 ms
    /// that is most of an idle replica's timers. It stays below the 2 s after which unacknowledged ones are sent again.
    /// The connection timeout bounds Akka's handshake too: on a busy host one that takes seconds must not fail, since what follows may leave one direction
    /// between two replicas dead for as long as both run. Where nobody listens a connection is refused at once.
    /// </summary>
    private static readonly string Shared = string.Create(CultureInfo.InvariantCulture, $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "Paxi.Actors.Scheduling.DeadlineScheduler, Paxi.Actors"
          coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off, default-phase-timeout = 2s }
          remote {
            log-remote-lifecycle-events = off
            retry-gate-closed-for = 250ms
            system-message-ack-piggyback-timeout = 1s
            default-remote-dispatcher {
              type = "Paxi.Actors.Scheduling.RemotingDispatcherConfigurator, Paxi.Actors"
              throughput = 100
            }
            dot-netty.tcp {
              transport-class = "Paxi.Actors.Remoting.SocketTransport, Paxi.Actors"
              maximum-frame-size = {{MaxFrameBytes}}b
              send-buffer-size = {{MaxFrameBytes}}b
              receive-buffer-size = {{MaxFrameBytes}}b
              connection-timeout = 15s
              tcp-nodelay = on
            }
          }
        }
        """);

    /// <summary>
    /// The cluster tells who is where; it decides nothing. Nobody is ever downed for being unreachable, or a partition would end processes whose quorums are
    /// intact; no number of members is waited for, or a replica that returns would stay outside while another is away (that setting holds for ever, not only at
    /// the start). Suspicion between replicas is the protocol's business, so the cluster's own heartbeats can be slow.
    /// </summary>
    private const string Cluster = """
        akka {
          actor.provider = cluster
          cluster {
            downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
            run-coordinated-shutdown-when-down = off
            min-nr-of-members = 1
            allow-weakly-up-members = on
            log-info = off
            seed-node-timeout = 1s
            retry-unsuccessful-join-after = 1s
            periodic-tasks-initial-delay = 200ms
            gossip-interval = 500ms
            leader-actions-interval = 500ms
            unreachable-nodes-reaper-interval = 1s
            publish-stats-interval = off
            failure-detector {
              heartbeat-interval = 1s
              acceptable-heartbeat-pause = 4s
              expected-response-after = 1s
              monitored-by-nr-of-members = 3
            }
          }
          coordinated-shutdown.phases {
            cluster-leave.timeout = 1s
            cluster-exiting.timeout = 2s
            cluster-exiting-done.timeout = 1s
            cluster-shutdown.timeout = 1s
          }
        }
        """;
}
