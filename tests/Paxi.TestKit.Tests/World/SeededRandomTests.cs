using Paxi.TestKit.World;
using Xunit;

namespace Paxi.TestKit.Tests.World;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_stream_of_a_seed_is_fixed_for_ever()
    {
        var random = new SeededRandom(0);

        // xoshiro256** seeded by SplitMix64 from 0; these are also the numbers of Rust's rand_xoshiro.
        Assert.Equal(11091344671253066420UL, random.NextUInt64());
        Assert.Equal(13793997310169335082UL, random.NextUInt64());
        Assert.Equal(1900383378846508768UL, random.NextUInt64());
    }

    [Fact]
    public void A_fork_depends_on_the_seed_and_the_name_only()
    {
        var used = new SeededRandom(7);
        used.NextUInt64();

        Assert.Equal(new SeededRandom(7).Fork("disk").NextUInt64(), used.Fork("disk").NextUInt64());
        Assert.NotEqual(used.Fork("disk").NextUInt64(), used.Fork("network").NextUInt64());
        Assert.NotEqual(used.Fork("disk").NextUInt64(), new SeededRandom(8).Fork("disk").NextUInt64());
    }

    [Fact]
    public void Numbers_stay_within_their_bounds_and_reach_all_of_them()
    {
        var random = new SeededRandom(3);
        var seen = new int[6];
        for (var i = 0; i < 6_000; i++)
        {
            seen[random.Next(-2, 4) + 2]++;
            Assert.InRange(random.NextDouble(), 0.0, 0.9999999999999999);
            Assert.InRange(random.NextInt64(5, 8), 5, 7);
        }

        Assert.All(seen, count => Assert.InRange(count, 800, 1_200));
        Assert.Equal(9, random.Next(9, 9));
    }

    [Fact]
    public void Bytes_of_any_length_are_filled()
    {
        var random = new SeededRandom(3);
        var bytes = new byte[13];
        random.NextBytes(bytes);
        Assert.True(bytes.Distinct().Count() > 6);
    }
}
