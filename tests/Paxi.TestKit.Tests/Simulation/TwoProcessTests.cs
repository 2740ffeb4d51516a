using System.Diagnostics;
using Paxi.Protocols;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The same seeds give the same trace in another process, where hash codes of strings, addresses and thread numbers are others.</summary>
public sealed class TwoProcessTests
{
    /// <summary>Every protocol there is, by its name: one that is added to the list is tested here with every kind of fault.</summary>
    public static TheoryData<string> Protocols() => [.. ProtocolList.All.Select(protocol => protocol.Name), "primary-copy"];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void The_trace_is_the_same_in_two_processes_whatever_the_faults(string algorithm)
    {
        string[] arguments = ["--algorithm", algorithm, "--zones", "2", "--nodes", "2", "--ops", "120", "--clients", "5", "--seeds", "1..3", "--faults", "each"];
        using var here = new StringWriter();
        Assert.Equal(SimulateCommand.Good, Program.Run(arguments, here, Console.Error));
        var hashes = Hashes(here.ToString());
        Assert.Equal(Program.FaultNames.Count, hashes.Length);
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes, Hashes(InAnotherProcess(arguments)));
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

    /// <summary>Of each kind of fault one, over all seeds.</summary>
    private static string[] Hashes(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith("trace hash", StringComparison.Ordinal)).Select(line => line.Trim())];
}
