using System.Globalization;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.Tests.Simulation;

namespace Paxi.TestKit.Tests;

/// <summary>
/// The tests as a program: <c>dotnet Paxi.TestKit.Tests.dll --algorithm A --seeds A..B ...</c> simulates, so that a test can compare what two processes do.
/// <c>paxi simulate</c> is the one for people. <c>--faults each</c> simulates with every name that <c>--faults</c> takes, one after the other.
/// </summary>
internal static class Program
{
    /// <summary>Everything that <c>--faults</c> takes.</summary>
    public static IReadOnlyList<string> FaultNames { get; } = ["none", "swarm", .. FaultPlan.Families];

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var options = new SimulateOptions { Algorithm = "primary-copy" };
        for (var index = 0; index + 1 < arguments.Length; index += 2)
        {
            var value = arguments[index + 1];
            int Number() => int.Parse(value, CultureInfo.InvariantCulture);
            options = arguments[index] switch
            {
                "--algorithm" => options with { Algorithm = value },
                "--seeds" or "--seed" => options with { Seeds = SimulateOptions.ParseSeeds(value) },
                "--zones" => options with { Zones = Number() },
                "--nodes" => options with { Nodes = Number() },
                "--ops" => options with { Operations = Number() },
                "--clients" => options with { Clients = Number() },
                "--faults" => options with { Faults = value },
                "--threads" => options with { Parallelism = Number() },
                "--shrink" => options with { ShrinkTime = TimeSpan.FromSeconds(Number()) },
                "--serialize" => options with { Serializes = value == "on" },
                _ => throw new ArgumentException($"{arguments[index]} is no option"),
            };
        }

        IEnumerable<string> faults = options.Faults == "each" ? FaultNames : [options.Faults];
        return faults.Max(name => SimulateCommand.Run(options with { Faults = name, Json = true }, TestProtocols.Find, output, error));
    }

    private static int Main(string[] arguments) => Run(arguments, Console.Out, Console.Error);
}
