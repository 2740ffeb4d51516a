using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Paxi.Bench.Runs;

/// <summary>What the figures of a run depend on besides the program.</summary>
internal static class HostFacts
{
    /// <summary>Names and values, in the order in which people read them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Gather() =>
    [
        new("date", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)),
        new("paxi", Version(typeof(HostFacts).Assembly)),
        new("akka", Version(typeof(Akka.Actor.ActorSystem).Assembly)),
        new("runtime", RuntimeInformation.FrameworkDescription),
        new("garbage collector", GCSettings.IsServerGC ? "server" : "workstation"),
        new("system", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}"),
        new("processor", Processor()),
        new("cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        new("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB")),
    ];

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "unknown";

    private static string Processor()
    {
        const string Field = "model name";
        try
        {
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown";
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }
}
