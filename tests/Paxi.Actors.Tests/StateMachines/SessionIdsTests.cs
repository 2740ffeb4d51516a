using Paxi.Actors.StateMachines;
using Xunit;

namespace Paxi.Actors.Tests.StateMachines;

public sealed class SessionIdsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_grow_from_hour_to_hour_and_do_not_meet_within_one()
    {
        var random = new Random(1);
        var ids = Enumerable.Range(0, 10_000).Select(_ => SessionIds.Choose(Now, random)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Max() < SessionIds.Choose(Now + TimeSpan.FromHours(1), random));
        Assert.True(ids.Max() < 1UL << 63);
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(9999)]
    [InlineData(1)]
    public void Any_clock_will_do(int year) =>
        Assert.InRange(SessionIds.Choose(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero), new Random(1)), 0UL, (1UL << 63) - 1);

    [Fact]
    public void A_floor_above_the_hour_is_respected()
    {
        var floor = SessionIds.Choose(Now + TimeSpan.FromDays(1000), new Random(1));
        Assert.InRange(SessionIds.Choose(Now, new Random(2), floor), floor, floor + (1UL << 40));
        Assert.Throws<InvalidOperationException>(() => SessionIds.Choose(Now, new Random(2), ulong.MaxValue - 1));
    }
}
