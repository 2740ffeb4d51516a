using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Node.Configuration;
using Paxi.TestKit;

namespace Paxi.Bench.Processes;

/// <summary>Writes the configuration of a cluster on this machine, on free ports.</summary>
internal static class ClusterFile
{
    /// <param name="directory">Where to write it.</param>
    /// <param name="zones">From 1.</param>
    /// <param name="nodes">Replicas in each zone, from 1.</param>
    /// <param name="servesRest">Whether the replicas get addresses for REST.</param>
    /// <param name="more">Lines of HOCON to put behind it, as a user would write them; null for none.</param>
    /// <returns>The path of the file.</returns>
    public static string Write(string directory, int zones, int nodes, bool servesRest, string? more = null)
    {
        var ids = new List<ReplicaId>();
        for (var zone = 1; zone <= zones; zone++)
        {
            for (var node = 1; node <= nodes; node++)
            {
                ids.Add(ReplicaId.Parse(string.Create(CultureInfo.InvariantCulture, $"{zone}.{node}")));
            }
        }

        var ports = FreePorts.Take(ids.Count * 2);
        var text = new StringBuilder("paxi {\n  address {\n");
        for (var index = 0; index < ids.Count; index++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"    \"{ids[index]}\" = \"akka.tcp://{PaxiSettings.SystemName}@127.0.0.1:{ports[index]}\"\n");
        }

        text.Append("  }\n");
        if (servesRest)
        {
            text.Append("  http-address {\n");
            for (var index = 0; index < ids.Count; index++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    \"{ids[index]}\" = \"http://127.0.0.1:{ports[ids.Count + index]}\"\n");
            }

            text.Append("  }\n");
        }

        text.Append("}\n").Append(more).Append('\n');
        var path = Path.Combine(directory, "cluster.hocon");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    /// <summary>Reads it back, and checks all that can be checked before a replica starts.</summary>
    /// <exception cref="ConfigurationException">One line. What is wrong can only be what the user put behind it, so that is named instead of the file.</exception>
    public static PaxiSettings Load(string path, SettingsOverrides overrides)
    {
        try
        {
            return Deployment.Of(PaxiSettings.Load(path, overrides)).Settings;
        }
        catch (ConfigurationException fault)
        {
            throw new ConfigurationException(Regex.Replace(fault.Message, $"{Regex.Escape(path)}(:[0-9]+)?", "--set"), fault);
        }
    }
}
