using Paxi.Bench.Cli;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Bench.Tests.Cli;

/// <summary>What is wrong is told in one line with status 2, before a folder is made or a process started.</summary>
public sealed class WrongLinesTests
{
    [Theory]
    [InlineData("local --set paxi.batch.pipeline=abc", "paxi.batch.pipeline = abc: it may be a whole number from 1 (--set)")]
    [InlineData("local --algorithm wpaxos --zones 3 --set paxi.grid.fz=3", "fz = 3 must be from 0 to 2, less than the number of zones (--set)")]
    [InlineData("local --algorithm kpaxos --set paxi.partition=x", "(--set)")]
    [InlineData("local --data /proc/nothing", "no directory can be made in /proc/nothing")]
    [InlineData("compare paxos @nowhere", "@nowhere cannot be read")]
    [InlineData("compare paxos paxos:--zones~99", "--zones is '99'")]
    [InlineData("chaos --faults 1s~restart", "the restart at 1s comes when no replica is killed")]
    [InlineData("chaos --faults 1s~kill~leader --algorithm wpaxos --zones 3", "wpaxos has no leader of all; write owner")]
    [InlineData("chaos --script /proc/nothing", "--script /proc/nothing cannot be read")]
    [InlineData("echo --set x{", "--set")]
    [InlineData("embedded --set paxi.batch.pipeline=abc", "(--set)")]
    [InlineData("embedded --system dotnext --W 0.5", "give --W 1")]
    [InlineData("etcd --program /no/etcd", "/no/etcd cannot be started")]
    [InlineData("run --config nowhere.hocon", "nowhere.hocon is not there")]
    [InlineData("run --set paxi.batch.pipeline=2", "'--set' is not an option of it")]
    public async Task A_wrong_line_is_one_line(string words, string part)
    {
        var directory = Directory.CreateTempSubdirectory("paxi-bench-tests-").FullName;
        try
        {
            string[] arguments = [.. words.Split(' ').Select(static word => word.Replace('~', ' ')), "--out", Path.Combine(directory, "out")];
            var error = new StringWriter();
            var status = await BenchCommandLine.RunAsync(BenchCommandLine.Create(), arguments, error);
            Assert.Equal(ExitStatus.Usage, status);
            var line = Assert.Single(error.ToString().TrimEnd().Split('\n'));
            Assert.Contains(part, line, StringComparison.Ordinal);
            Assert.True(words.StartsWith("etcd", StringComparison.Ordinal) || Directory.GetFileSystemEntries(directory).Length == 0);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_fault_script_of_a_file_is_named_in_the_message()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "5s blow 1.1\n");
            var error = new StringWriter();
            Assert.Equal(ExitStatus.Usage, await BenchCommandLine.RunAsync(BenchCommandLine.Create(), ["chaos", "--script", path], error));
            Assert.Contains($"--script {path}: '5s blow 1.1'", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
