using System.CommandLine;
using Paxi.Bench.Cli;
using Paxi.Bench.Loads;
using Paxi.Bench.Runs;
using Paxi.Bench.Workloads;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Bench.Tests.Cli;

public sealed class LoadOptionsTests
{
    [Fact]
    public void A_file_has_the_fields_of_Paxi()
    {
        var spec = Read("""
            benchmark {
              T = 7, N = 9, K = 50, W = 0.1, Throttle = 250.5, Concurrency = 8, Distribution = zipfan, LinearizabilityCheck = true, Conflicts = 20,
              Min = 3, Mu = 5, Sigma = 6, Move = on, Speed = 100, Zipfian_s = 1.1, Zipfian_v = 3, Lambda = 0.5
            }
            paxi { algorithm = paxos }
            """);
        Assert.Equal((7.0, 9L, 250.5, 8, true), (spec.Seconds, spec.Operations, spec.Rate, spec.ClientCount, spec.Check));
        Assert.Equal(new WorkloadSettings
        {
            K = 50,
            W = 0.1,
            Distribution = "zipfan",
            Conflicts = 20,
            Min = 3,
            Mu = 5,
            Sigma = 6,
            Move = true,
            Speed = 100,
            ZipfianS = 1.1,
            ZipfianV = 3,
            Lambda = 0.5,
        }, spec.Workload);
    }

    [Fact]
    public void A_throttle_of_0_is_a_closed_loop_as_in_Paxi() => Assert.Equal(0, Read("benchmark { Throttle = 0, Move = false }").Rate);

    [Theory]
    [InlineData("benchmark { K = 0 }", "test: benchmark: K is '0'; it may be a whole number, 1 to 10000000")]
    [InlineData("benchmark { Throttle = -1 }", "test: benchmark: Throttle is '-1'; it may be a number, 0.001 to 10000000")]
    [InlineData("benchmark { Distribution = zipf }", "test: benchmark: Distribution is 'zipf'; it may be order, uniform")]
    [InlineData("benchmark { Zipfian = 1 }", "test: benchmark has no field Zipfian; it may be Concurrency, T, ")]
    [InlineData("benchmark { Move = 3 }", "test: benchmark: Move is '3'; it may be true or false")]
    [InlineData("benchmark { K { a = 1 } }", "test: benchmark: K must be a single value")]
    [InlineData("benchmark = 3", "test has no section benchmark")]
    [InlineData("paxi { }", "test has no section benchmark")]
    [InlineData("benchmark { K = ${nowhere} }", "test is no HOCON: ")]
    public void A_wrong_field_is_told_in_one_line(string text, string says)
    {
        var fault = Assert.Throws<UsageException>(() => Read(text));
        Assert.StartsWith(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void The_command_line_goes_before_the_file_and_the_file_before_the_preset()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "benchmark { K = 50, W = 0.1 }");
            var spec = Parse($"--ycsb A --workload {file} --W 0.2");
            Assert.Equal((50, 0.2, 0.99, 1000), (spec.Workload.K, spec.Workload.W, spec.Workload.ZipfianS, spec.Workload.ValueBytes));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--value-bytes 20", 20, 0)]
    [InlineData("--value-bytes 20..90", 20, 90)]
    [InlineData("--value-bytes 20..20", 20, 0)]
    public void Sizes_are_one_or_a_range(string words, int least, int most) =>
        Assert.Equal((least, most), (Parse(words).Workload.ValueBytes, Parse(words).Workload.MaxValueBytes));

    [Fact]
    public void An_open_loop_has_more_clients_when_nobody_says()
    {
        Assert.Equal(64, Parse("").ClientCount);
        Assert.Equal(1024, Parse("--rate 5").ClientCount);
        Assert.Equal(3, Parse("--rate 5 --clients 3").ClientCount);
    }

    [Fact]
    public void Keys_near_their_zone_need_zones()
    {
        var spec = Parse("--locality 0.9 --K 1000");
        Assert.Throws<UsageException>(() => spec.Fields(1));
        Assert.Equal(60.8, spec.Fields(5).Sigma, 0.05);
        Assert.Throws<UsageException>(() => Parse("--per-zone").Fields(2));
    }

    [Theory]
    [InlineData("--rate 0")]
    [InlineData("--Distribution zipf")]
    [InlineData("--W 1.5")]
    [InlineData("--value-bytes 9..1")]
    [InlineData("--locality 0")]
    public void A_wrong_option_is_no_load(string words)
    {
        var (command, _) = Options();
        Assert.NotEmpty(command.Parse(words).Errors);
    }

    [Theory]
    [InlineData("paxos", "paxos", "paxos", false)]
    [InlineData("paxos:--journal disk --clients 3", "paxos:--journal disk --clients 3", "paxos", true)]
    [InlineData("durable=paxos:--journal disk --set 'paxi.batch.pipeline = 1'", "durable", "paxos", true)]
    [InlineData("durable=wpaxos:--journal disk", "durable", "wpaxos", true)]
    public void A_candidate_is_an_algorithm_with_options(string text, string name, string algorithm, bool isDurable)
    {
        var candidate = Candidate.Parse(text, new LocalSpec { Load = new LoadSpec { Seconds = 5 } }, new LocalOptions());
        Assert.Equal((name, algorithm, isDurable, 5.0), (candidate.Name, candidate.Spec.Algorithm, candidate.Spec.IsDurable, candidate.Spec.Load.Seconds));
    }

    [Theory]
    [InlineData("raft")]
    [InlineData("paxos:--journal tape")]
    [InlineData("paxos:--bogus")]
    [InlineData("@/nowhere/at/all")]
    public void A_wrong_candidate_is_told_in_one_line(string text)
    {
        var fault = Assert.Throws<UsageException>(() => Candidate.Parse(text, new LocalSpec(), new LocalOptions()));
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("clients=1,16", 2)]
    [InlineData("rate=0.5", 1)]
    [InlineData("locality=0.7,0.95,1", 3)]
    [InlineData("conflict=0,50,100", 3)]
    [InlineData("writes=0,1", 2)]
    [InlineData("sizes=10,1000", 2)]
    public void A_sweep_has_values(string text, int count) => Assert.Equal(count, SweepAxis.Parse(text).Values.Count);

    [Theory]
    [InlineData("clients")]
    [InlineData("clients=")]
    [InlineData("clients=1.5")]
    [InlineData("clients=0")]
    [InlineData("rate=0")]
    [InlineData("keys=3")]
    [InlineData("conflict=101")]
    public void A_wrong_sweep_is_told_in_one_line(string text)
    {
        var fault = Assert.Throws<UsageException>(() => SweepAxis.Parse(text));
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_sweep_changes_what_it_says_and_nothing_else()
    {
        var (axis, values) = SweepAxis.Parse("conflict=30");
        var spec = axis.Apply(new LocalSpec(), values[0]);
        Assert.Equal(("conflict", 30), (spec.Load.Workload.Distribution, spec.Load.Workload.Conflicts));
        Assert.Equal(new LocalSpec(), spec with { Load = new LoadSpec() });
    }

    [Theory]
    [InlineData("local --rate 0", "--rate is '0'")]
    [InlineData("local --check --value-bytes 4", "--check needs values that differ")]
    [InlineData("local --transport http --transactions 0.5", "REST has no transactions")]
    [InlineData("sweep", "--over")]
    [InlineData("compare paxos", "two candidates or more")]
    [InlineData("chaos --journal memory", "restart needs --journal disk")]
    [InlineData("chaos --faults nonsense", "--faults")]
    public async Task A_wrong_command_line_is_one_line_and_status_2(string words, string says)
    {
        using var error = new StringWriter();
        var status = await BenchCommandLine.RunAsync(BenchCommandLine.Create(), words.Split(' '), error);
        Assert.Equal(ExitStatus.Usage, status);
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void Transactions_need_a_protocol_that_has_them()
    {
        foreach (var protocol in Protocols.ProtocolList.All)
        {
            var fault = Record.Exception(() => new AccessSpec().Check(Parse("--scan-keys 4"), 1, protocol.Name));
            Assert.Equal(protocol.Promises.Transactions, fault is null);
        }
    }

    private static LoadSpec Read(string text) => new LoadOptions().ReadText("test", text, new LoadSpec());

    private static LoadSpec Parse(string words)
    {
        var (command, options) = Options();
        var parsed = command.Parse(words);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed);
    }

    private static (Command Command, LoadOptions Options) Options()
    {
        var options = new LoadOptions();
        var command = new Command("test");
        options.AddTo(command, canCheck: true);
        return (command, options);
    }
}
