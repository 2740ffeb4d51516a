using System.Diagnostics;
using Paxi.Protocols;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The same seeds give the same trace in another process, where hash codes of strings, addresses and thread numbers are others.</summary>
public sealed class TwoProcessTests
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var algorithm in ProtocolList.All.Select(protocol => protocol.Name).Append("primary-copy"))
        {
            cases.Add(algorithm, "swarm");
        }

        foreach (var family in FaultPlan.Families.Append("none"))
        {
            cases.Add(ProtocolList.All[0].Name, family);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_trace_is_the_same_in_two_processes(string algorithm, string faults)
    {
        string[] arguments = ["--algorithm", algorithm, "--zones", "1", "--nodes", "3", "--ops", "150", "--clients", "5", "--seeds", "1..4", "--faults", faults];
        using var here = new StringWriter();
        Assert.Equal(SimulateCommand.Good, Program.Run(arguments, here, Console.Error));
        Assert.Equal(Hash(here.ToString()), Hash(InAnotherProcess(arguments)));
    }

    private static string InAnotherProcess(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TwoProcessTests).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(SimulateCommand.Good, process.ExitCode);
        return output;
    }

    private static string Hash(string output) => output.Split('\n').Single(line => line.StartsWith("trace hash", StringComparison.Ordinal)).Trim();
}
