namespace Paxi.TestKit.Linearizability;

/// <summary>
/// From time to pixels. Between two events that follow each other the scale is linear; a stretch gets a width between two bounds, so that a microsecond stays
/// visible beside a second. Order is kept, lengths are not.
/// </summary>
internal sealed class PictureScale
{
    private const double Typical = 36;
    private const double Narrowest = 14;
    private const double Widest = 130;

    private readonly long[] _times;
    private readonly double[] _pixels;

    /// <param name="events">Moments at which something begins or ends, in any order; at least one.</param>
    /// <param name="rooms">Stretches, from event to event, with the pixels that they need.</param>
    /// <param name="left">Where the first is drawn.</param>
    /// <param name="width">The least width of all.</param>
    public PictureScale(IEnumerable<long> events, IEnumerable<(long From, long To, double Pixels)> rooms, double left, double width)
    {
        _times = [.. events.Distinct().Order()];
        _pixels = new double[_times.Length];
        long[] gaps = [.. _times.Skip(1).Zip(_times, static (later, earlier) => later - earlier)];
        double median = gaps.Length == 0 ? 1 : Math.Max(1, gaps.Order().ElementAt(gaps.Length / 2));
        double[] widths = Array.ConvertAll(gaps, gap => Math.Clamp(Typical * gap / median, Narrowest, Widest));
        foreach ((long from, long to, double pixels) in rooms)
        {
            Span<double> room = widths.AsSpan(Array.BinarySearch(_times, from)..Array.BinarySearch(_times, to));
            double lacking = pixels / Math.Max(1, Sum(room));
            for (int index = 0; index < room.Length && lacking > 1; index++)
            {
                room[index] *= lacking;
            }
        }

        double stretch = Math.Max(1, width / Math.Max(1, widths.Sum()));
        _pixels[0] = left;
        for (int index = 0; index < widths.Length; index++)
        {
            _pixels[index + 1] = _pixels[index] + (widths[index] * stretch);
        }
    }

    public double Left => _pixels[0];

    public double Right => _pixels[^1];

    public IReadOnlyList<long> Times => _times;

    private static double Sum(ReadOnlySpan<double> widths)
    {
        double sum = 0;
        foreach (double width in widths)
        {
            sum += width;
        }

        return sum;
    }

    /// <summary>Where a moment is drawn; moments outside are drawn at the edge.</summary>
    public double At(long time)
    {
        int index = Array.BinarySearch(_times, time);
        if (index >= 0)
        {
            return _pixels[index];
        }

        int next = ~index;
        if (next == 0)
        {
            return _pixels[0];
        }

        if (next == _times.Length)
        {
            return _pixels[^1];
        }

        double part = ((double)time - _times[next - 1]) / ((double)_times[next] - _times[next - 1]);
        return _pixels[next - 1] + (part * (_pixels[next] - _pixels[next - 1]));
    }
}
