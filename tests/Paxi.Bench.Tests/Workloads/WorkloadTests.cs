using Paxi.Actors.Replicas;
using Paxi.Bench.Workloads;
using Xunit;

namespace Paxi.Bench.Tests.Workloads;

public sealed class WorkloadTests
{
    private const int Draws = 60_000;

    [Theory]
    [InlineData("order")]
    [InlineData("uniform")]
    [InlineData("conflict")]
    [InlineData("normal")]
    [InlineData("zipfian")]
    [InlineData("zipfan")]
    [InlineData("exponential")]
    [InlineData("latest")]
    public void Every_key_of_every_distribution_is_one_of_the_keys(string name)
    {
        var settings = new WorkloadSettings { K = 37, Distribution = name, Conflicts = 30, Sigma = 500, Mu = -90, ZipfianS = 0.5 };
        Assert.Null(settings.Fault());
        Assert.All(Histogram(settings).Keys, static key => Assert.InRange(key, 0, 36));
    }

    [Fact]
    public void Uniform_and_order_ask_for_every_key_equally()
    {
        var order = Histogram(new WorkloadSettings { K = 60, Distribution = "order" });
        Assert.All(order.Values, static count => Assert.Equal(Draws / 60, count));
        var uniform = Histogram(new WorkloadSettings { K = 60, Distribution = "uniform" });
        Assert.Equal(60, uniform.Count);
        Assert.All(uniform.Values, static count => Assert.InRange(count, 850, 1150));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(100)]
    public void Conflict_goes_to_key_0_so_often(int percent)
    {
        var counts = Histogram(new WorkloadSettings { K = 1000, Distribution = "conflict", Conflicts = percent });
        Assert.InRange(counts.GetValueOrDefault(0) / (double)Draws, (percent / 100.0) - 0.01, (percent / 100.0) + 0.01);
    }

    [Fact]
    public void Zipfian_weights_are_those_of_the_formula()
    {
        var counts = Histogram(new WorkloadSettings { K = 100, Distribution = "zipfan", ZipfianS = 1, ZipfianV = 1 });
        var harmonic = Enumerable.Range(1, 100).Sum(static k => 1.0 / k);
        foreach (var key in (int[])[0, 1, 2, 9])
        {
            Assert.InRange(counts[key] / (double)Draws, (1 / (harmonic * (key + 1))) - 0.01, (1 / (harmonic * (key + 1))) + 0.01);
        }
    }

    [Fact]
    public void Exponential_has_the_mean_of_its_rate()
    {
        var counts = Histogram(new WorkloadSettings { K = 100_000, Distribution = "exponential", Lambda = 0.01 });
        Assert.InRange(counts.Sum(static pair => (double)pair.Key * pair.Value) / Draws, 97, 103);
    }

    [Fact]
    public void Normal_moves_by_a_key_in_the_time_of_its_speed()
    {
        var settings = new WorkloadSettings { K = 1000, Distribution = "normal", Mu = 500, Sigma = 1e-6, Move = true, Speed = 500 };
        var keys = KeyDistribution.Of(settings);
        var (random, own) = (new Random(1), 0L);
        Assert.Equal(500, Near(keys.Next(random, ref own, TimeSpan.Zero), 500));
        Assert.Equal(520, Near(keys.Next(random, ref own, TimeSpan.FromSeconds(10.2)), 520));

        // Of a mean that is a whole number the key is either side of it.
        static int Near(int key, int mean) => key == mean - 1 ? mean : key;
    }

    /// <summary>The localities of the WPaxos paper: five regions over 1,000 keys.</summary>
    [Theory]
    [InlineData(100, 0.683)]
    [InlineData(60, 0.904)]
    [InlineData(50, 0.954)]
    public void Locality_and_sigma_are_those_of_the_paper(double sigma, double locality)
    {
        Assert.Equal(locality, NormalLaw.LocalityOf(sigma, 200), 3);
        Assert.Equal(sigma, new WorkloadSettings().WithLocality(NormalLaw.LocalityOf(sigma, 200), 5).Sigma, 3);
    }

    [Fact]
    public void A_zone_asks_for_the_keys_around_its_own_centre()
    {
        var workload = new Workload(new WorkloadSettings { K = 900 }.WithLocality(0.95, 3), 7, zones: 3);
        for (var client = 0; client < 6; client++)
        {
            var zone = client % 3;
            var own = Keys(workload.ForClient(client)).Count(key => key >= zone * 300 && key < (zone + 1) * 300);
            Assert.InRange(own / (double)Draws, 0.94, 0.96);
        }
    }

    [Fact]
    public void With_full_locality_zones_have_no_key_in_common()
    {
        var workload = new Workload(new WorkloadSettings { K = 100 }.WithLocality(1, 3), 7, zones: 3);
        var zones = Enumerable.Range(0, 3).Select(zone => Keys(workload.ForClient(zone)).ToHashSet()).ToArray();
        Assert.Equal(100, zones.Sum(static zone => zone.Count));
        Assert.Equal(100, zones.SelectMany(static zone => zone).Distinct().Count());
    }

    [Fact]
    public void Values_are_unique_and_their_sizes_uniform()
    {
        var workload = new Workload(new WorkloadSettings { W = 1, ValueBytes = 12, MaxValueBytes = 15 }, 1);
        var (one, other) = (workload.ForClient(0), workload.ForClient(1));
        var values = Enumerable.Range(0, 4000).SelectMany(_ => (byte[][])[one.Next(default).Value!, other.Next(default).Value!]).ToArray();
        Assert.Equal(values.Length, values.Select(System.Text.Encoding.UTF8.GetString).Distinct().Count());
        Assert.All(Enumerable.Range(12, 4), size => Assert.InRange(values.Count(value => value.Length == size), 1700, 2300));
    }

    [Fact]
    public void Reads_and_writes_have_their_parts()
    {
        var client = new Workload(new WorkloadSettings { W = 0.2 }, 1).ForClient(0);
        Assert.InRange(Enumerable.Range(0, Draws).Count(_ => !client.Next(default).IsRead) / (double)Draws, 0.19, 0.21);
    }

    [Fact]
    public void A_transaction_has_different_keys_even_when_one_is_hot()
    {
        var settings = new WorkloadSettings { K = 3, Distribution = "conflict", Conflicts = 100, Transactions = 0.5, TransactionKeys = 3 };
        var client = new Workload(settings, 1).ForClient(0);
        var operations = Enumerable.Range(0, 2000).Select(_ => client.Next(default)).ToArray();
        var transactions = operations.Where(static operation => operation.Parts is not null).ToArray();
        Assert.InRange(transactions.Length, 900, 1100);
        Assert.All(transactions, static operation => Assert.Equal(3, operation.Parts!.Select(static part => part.Key).Distinct().Count()));
    }

    [Fact]
    public void The_same_seed_gives_the_same_operations()
    {
        static string Run(ulong seed)
        {
            var client = new Workload(new WorkloadSettings { Distribution = "zipfian", Transactions = 0.1 }, seed).ForClient(3);
            return string.Join(' ', Enumerable.Range(0, 200).Select(_ => client.Next(default)).Select(static operation => $"{operation.Key}{operation.IsRead}"));
        }

        Assert.Equal(Run(4), Run(4));
        Assert.NotEqual(Run(4), Run(5));
    }

    [Theory]
    [InlineData("A", 0.5)]
    [InlineData("B", 0.05)]
    [InlineData("C", 0)]
    [InlineData("D", 0.05)]
    [InlineData("E", 0.05)]
    public void Ycsb_has_the_parts_of_its_table(string name, double writes)
    {
        var settings = Ycsb.Preset(name);
        Assert.Null(settings.Fault());
        var client = new Workload(settings, 1).ForClient(0);
        var operations = Enumerable.Range(0, 20_000).Select(_ => client.Next(default)).ToArray();
        Assert.InRange(operations.Count(static operation => !operation.IsRead) / 20_000.0, writes - 0.01, writes + 0.01);
        Assert.Equal(name == "E", operations.Any(static operation => operation.Parts is not null));
        // D and E write new keys, each once.
        var written = operations.Where(static operation => !operation.IsRead).Select(static operation => operation.Key).ToArray();
        Assert.Equal(name is "D" or "E", written.Length > 0 && written.Distinct().Count() == written.Length);
    }

    [Fact]
    public void Ycsb_F_writes_what_it_has_read_before()
    {
        var client = new Workload(Ycsb.Preset("F"), 1).ForClient(0);
        var operations = Enumerable.Range(0, 3000).Select(_ => client.Next(default)).ToArray();
        var writes = Enumerable.Range(1, operations.Length - 1).Where(index => !operations[index].IsRead).ToArray();
        Assert.InRange(writes.Length, 900, 1100);
        Assert.All(writes, index => Assert.Equal((operations[index].Key, true), (operations[index - 1].Key, operations[index - 1].IsRead)));
    }

    [Fact]
    public void Latest_follows_the_newest_key()
    {
        var client = new Workload(Ycsb.Preset("D") with { W = 0.5 }, 1).ForClient(0);
        var all = Enumerable.Range(0, 40_000).Select(_ => client.Next(default)).ToArray();
        var late = all[39_000..].Where(static operation => operation.IsRead).ToArray();
        // Some 20,000 keys were inserted; none but the newest 1,000 are asked for.
        Assert.All(late, static operation => Assert.True(int.Parse(operation.Key, null) > 18_000));
    }

    private static Dictionary<int, int> Histogram(WorkloadSettings settings)
    {
        var (keys, random, own) = (KeyDistribution.Of(settings), new SeededRandom(11), 0L);
        var counts = new Dictionary<int, int>();
        for (var draw = 0; draw < Draws; draw++)
        {
            var key = keys.Next(random, ref own, TimeSpan.Zero);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return counts;
    }

    private static IEnumerable<int> Keys(ClientWorkload client) => Enumerable.Range(0, Draws).Select(_ => int.Parse(client.Next(default).Key, null));
}
