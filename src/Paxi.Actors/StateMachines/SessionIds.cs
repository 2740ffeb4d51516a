namespace Paxi.Actors.StateMachines;

/// <summary>
/// Ids for new sessions: the hour in the high bits, chance in the others. Two clients that start at once do not meet, and ids grow with
/// time, as the floor of <see cref="SessionTable"/> wants it.
/// </summary>
public static class SessionIds
{
    private const int RandomBits = 43;

    /// <summary>How far above the floor an id is chosen when the hour's ids are below it.</summary>
    private const long FloorSpread = 1L << 40;

    /// <summary>An id for a new session, at least the floor.</summary>
    /// <param name="now">By the client's clock; a wrong one does no harm.</param>
    /// <param name="random">Where the low bits come from.</param>
    /// <param name="floor">
    /// The smallest id that may be opened, as <see cref="Commands.CommandStatus.SessionExpired"/> told it; 0 at first.
    /// </param>
    /// <exception cref="InvalidOperationException">The floor is so high that no id is left: some client chose an absurd one.</exception>
    public static ulong Choose(DateTimeOffset now, Random random, ulong floor = 0)
    {
        var hour = (ulong)Math.Clamp(now.ToUnixTimeSeconds() / 3600, 0, (1L << (64 - RandomBits - 1)) - 1);
        var id = (hour << RandomBits) | (ulong)random.NextInt64(1L << RandomBits);
        if (id >= floor)
        {
            return id;
        }

        return floor < ulong.MaxValue - (ulong)FloorSpread
            ? floor + (ulong)random.NextInt64(FloorSpread)
            : throw new InvalidOperationException($"no session id is left above {floor}");
    }
}
