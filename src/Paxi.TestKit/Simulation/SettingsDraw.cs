using System.Globalization;
using System.Text;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Draws the settings of a run, as HOCON of the section <c>paxi</c>: small windows, batches and snapshots, so that a thousand operations reach what
/// takes days live.
/// </summary>
internal static class SettingsDraw
{
    /// <param name="random">The run's generator for plans.</param>
    /// <param name="replicas">How many there are.</param>
    /// <param name="promises">What the protocol offers.</param>
    public static string Draw(SeededRandom random, int replicas, ProtocolPromises promises)
    {
        var text = new StringBuilder();
        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
        string Pick(params string[] values) => values[random.Next(values.Length)];
        Add("batch.pipeline", Pick("1", "2", "4", "8", "32"));
        Add("batch.max-commands", Pick("1", "3", "16", "4096"));
        Add("batch.max-waiting", Pick("16", "65536", "65536", "65536"));
        Add("snapshot.every-slots", Pick("7", "20", "64", "1000"));
        Add("snapshot.retain-slots", Pick("0", "3", "16", "256"));
        Add("snapshot.chunk-bytes", Pick("512", "4k", "256k"));
        Add("retransmit-interval", Pick("30ms", "100ms", "250ms"));
        DrawElections(random, Add);
        Add("thrifty", Pick("on", "off", "off"));
        Add("read", Name(promises.ReadModes[random.Next(promises.ReadModes.Count)]));
        if (random.Next(8) == 0)
        {
            Add("ephemeral-leader", "on");
        }

        if (random.Next(8) == 0)
        {
            Add("sessions.max", Pick("3", "8"));
        }

        if (random.Next(3) == 0)
        {
            // Flexible Paxos: any q2, with the smallest q1 that meets it.
            var q2 = 1 + random.Next(replicas);
            Add("quorum.q2", q2.ToString(CultureInfo.InvariantCulture));
            Add("quorum.q1", (replicas - q2 + 1).ToString(CultureInfo.InvariantCulture));
        }

        Add("lease.max-drift", Pick("1000", "20000", "300000"));
        DrawOwners(random.Fork("owners"), Add);
        DrawGroups(random.Fork("groups"), replicas, Add);
        return text.ToString();
    }

    /// <summary>For the protocol that splits its keys over groups.</summary>
    private static void DrawGroups(SeededRandom random, int replicas, Action<string, string> add)
    {
        string[] counts = ["0", "1", "2", "3", "5", "8"];
        add("groups", counts[random.Next(counts.Length)]);
        add("group-size", random.Next(3) > 0 ? "0" : (1 + random.Next(replicas)).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>For protocols with an owner per object.</summary>
    private static void DrawOwners(SeededRandom random, Action<string, string> add)
    {
        string Pick(params string[] values) => values[random.Next(values.Length)];
        add("owners.pipeline", Pick("1", "2", "4", "16"));
        add("owners.idle", Pick("20ms", "100ms", "10s"));
        add("owners.max-active", Pick("16", "16", "16384"));
        add("steal.adaptive", Pick("on", "on", "on", "off"));
        var (policy, threshold) = random.Next(5) switch
        {
            0 => ("null", "1.0"),
            1 => ("immediate", "1.0"),
            2 => ("consecutive", "3.0"),
            3 => ("majority", "0.05"),
            _ => ("ema", "0.3"),
        };
        add("steal.policy", policy);
        add("steal.threshold", threshold);
        add("grid.fz", Pick("0", "1"));
        add("grid.rows", Pick("off", "off", "off", "on"));
        add("owners.announce-delay", Pick("1ms", "5ms", "20ms", "200ms"));
    }

    /// <summary>From calm to duelling: short time-outs, with slow links, make rivals of replicas that are well.</summary>
    private static void DrawElections(SeededRandom random, Action<string, string> add)
    {
        var (heartbeat, election, lease) = random.Next(8) switch
        {
            0 or 1 => ("100ms", "500ms", "400ms"),
            2 or 3 => ("50ms", "500ms", "400ms"),
            4 or 5 => ("20ms", "200ms", "150ms"),
            6 => ("20ms", "80ms", "60ms"),
            _ => ("100ms", "1500ms", "1s"),
        };
        add("heartbeat-interval", heartbeat);
        add("election-timeout", election);

        // As long as an election takes at least is the longest that is allowed.
        add("lease.duration", random.Next(2) == 0 ? lease : election);
    }

    internal static string Name(ReadMode mode) => mode switch
    {
        ReadMode.Log => "log",
        ReadMode.Leader => "leader",
        ReadMode.Quorum => "quorum",
        _ => "any",
    };
}
