using System.Globalization;
using System.Text;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// Draws the settings of a run, as HOCON of the section <c>paxi</c>: small windows, batches and snapshots, so that a thousand operations reach what
/// takes days live.
/// </summary>
internal static class SettingsDraw
{
    public static string Draw(SeededRandom random, int replicas)
    {
        var text = new StringBuilder();
        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
        string Pick(params string[] values) => values[random.Next(values.Length)];
        Add("batch.pipeline", Pick("1", "2", "4", "8", "32"));
        Add("batch.max-commands", Pick("1", "3", "16", "4096"));
        Add("snapshot.every-slots", Pick("7", "20", "64", "1000"));
        Add("snapshot.retain-slots", Pick("0", "3", "16", "256"));
        Add("heartbeat-interval", Pick("20ms", "50ms", "100ms"));
        Add("retransmit-interval", Pick("30ms", "100ms", "250ms"));
        Add("thrifty", Pick("on", "off", "off"));
        Add("read", Pick("log", "log", "leader", "quorum"));
        if (random.Next(8) == 0)
        {
            Add("ephemeral-leader", "on");
        }

        if (random.Next(3) == 0)
        {
            // Flexible Paxos: any q2, with the smallest q1 that meets it.
            var q2 = 1 + random.Next(replicas);
            Add("quorum.q2", q2.ToString(CultureInfo.InvariantCulture));
            Add("quorum.q1", (replicas - q2 + 1).ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
