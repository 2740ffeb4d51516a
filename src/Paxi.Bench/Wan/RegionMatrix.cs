using System.Globalization;
using Akka.Configuration;

namespace Paxi.Bench.Wan;

/// <summary>Regions and the round trips between them, in milliseconds; symmetric, zero on the diagonal.</summary>
public sealed class RegionMatrix
{
    /// <summary>A replica's zone is its region's place, from 1, and as many zones there may be.</summary>
    public const int MaxRegions = 16;

    private const double LongestRoundTrip = 10_000;

    /// <summary>
    /// Tokyo, California, Ohio, Virginia, Ireland, put together from what was published: C-O, O-V and V-C as in the text of WPaxos (TPDS
    /// 2020), C-T, V-I, V-T, C-I and I-T of the means that its
    /// authors measured in 2018, O-I of SDPaxos (SoCC 2018), table 1; O-T is taken to be V-T.
    /// </summary>
    public static readonly RegionMatrix Composite = new("composite", ["T", "C", "O", "V", "I"], new double[,]
    {
        { 0, 115, 156, 156, 218 },
        { 115, 0, 49, 60, 137 },
        { 156, 49, 0, 11, 84 },
        { 156, 60, 11, 0, 80 },
        { 218, 137, 84, 80, 0 },
    });

    /// <summary>
    /// Virginia, Oregon, California, Ireland, Japan, as measured by a co-author of Paxi in 2018 for the model of the SIGMOD 2019 paper.
    /// </summary>
    public static readonly RegionMatrix Ppm = new("ppm", ["VA", "OR", "CA", "IR", "JP"], new double[,]
    {
        { 0, 86, 65, 80, 156 },
        { 86, 0, 28, 154, 131 },
        { 65, 28, 0, 137, 115 },
        { 80, 154, 137, 0, 218 },
        { 156, 131, 115, 218, 0 },
    });

    private readonly double[,] _milliseconds;

    /// <exception cref="ArgumentException">The matrix is not square, not symmetric or has a round trip out of range; one line.</exception>
    public RegionMatrix(string name, IReadOnlyList<string> regions, double[,] milliseconds)
    {
        (Name, Regions, _milliseconds) = (name, regions, milliseconds);
        Check();
    }

    public string Name { get; }

    /// <summary>Their names; the first is zone 1.</summary>
    public IReadOnlyList<string> Regions { get; }

    /// <summary>The round trip between two regions, by index from 0; 0 from a region to itself.</summary>
    public double this[int from, int to] => _milliseconds[from, to];

    /// <exception cref="ArgumentException">There is no region of that name; one line that lists those there are.</exception>
    public int IndexOf(string region)
    {
        for (var index = 0; index < Regions.Count; index++)
        {
            if (Regions[index] == region)
            {
                return index;
            }
        }

        throw new ArgumentException($"region {region} is not in the matrix {Name}; it may be {string.Join(", ", Regions)}");
    }

    /// <summary>Only these regions, in this order.</summary>
    /// <exception cref="ArgumentException">A region is not there.</exception>
    public RegionMatrix Take(params IReadOnlyList<string> regions)
    {
        var taken = new double[regions.Count, regions.Count];
        for (var from = 0; from < regions.Count; from++)
        {
            for (var to = 0; to < regions.Count; to++)
            {
                taken[from, to] = this[IndexOf(regions[from]), IndexOf(regions[to])];
            }
        }

        return new RegionMatrix($"{Name} {string.Join(',', regions)}", regions, taken);
    }

    /// <summary>The round trips from a region to all others, the nearest first.</summary>
    public IReadOnlyList<double> Nearest(int from) => [.. Enumerable.Range(0, Regions.Count).Where(to => to != from).Select(to => this[from, to]).Order()];

    /// <summary>
    /// By name, or from a file. As CSV: a line with the names, then one for each region, its name first; empty fields and <c>#</c> lines
    /// are left out. As HOCON (<c>.hocon</c>, <c>.conf</c>):
    /// <c>regions = [A, B]</c> and <c>rtt { A { B = 60 } }</c>, each pair once.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such matrix, or the file is not one; one line.</exception>
    public static RegionMatrix Find(string name)
    {
        foreach (var matrix in new[] { Composite, Ppm })
        {
            if (matrix.Name == name)
            {
                return matrix;
            }
        }

        if (!File.Exists(name))
        {
            throw new ArgumentException($"--matrix is '{name}'; it may be {Composite.Name}, {Ppm.Name}, or a file of HOCON or CSV that exists");
        }

        var text = File.ReadAllText(name);
        return Path.GetExtension(name) is ".hocon" or ".conf" ? FromHocon(name, text) : FromCsv(name, text);
    }

    /// <summary>See <see cref="Find"/>.</summary>
    public static RegionMatrix FromCsv(string name, string text)
    {
        string[][] rows =
        [
            .. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith('#'))
                .Select(static line => line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];
        var regions = rows.Length > 0 ? rows[0] : throw new ArgumentException($"{name}: it has no lines; the first names the regions");
        var matrix = new double[regions.Length, regions.Length];
        if (rows.Length != regions.Length + 1)
        {
            throw new ArgumentException($"{name}: {regions.Length} regions in the first line and {rows.Length - 1} lines after it; each region has a line");
        }

        for (var from = 0; from < regions.Length; from++)
        {
            var row = rows[from + 1];
            if (row.Length != regions.Length + 1 || row[0] != regions[from])
            {
                throw new ArgumentException($"{name}: line {from + 2} must be {regions[from]} and {regions.Length} round trips in ms");
            }

            for (var to = 0; to < regions.Length; to++)
            {
                matrix[from, to] = Number(name, row[to + 1]);
            }
        }

        return new RegionMatrix(name, regions, matrix);
    }

    /// <summary>See <see cref="Find"/>.</summary>
    public static RegionMatrix FromHocon(string name, string text)
    {
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(text);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw new ArgumentException($"{name} is not HOCON: {fault.Message.ReplaceLineEndings(" ")}");
        }

        string[] regions = [.. config.GetStringList("regions", [])];
        var matrix = new double[regions.Length, regions.Length];
        for (var from = 0; from < regions.Length; from++)
        {
            for (var to = from + 1; to < regions.Length; to++)
            {
                var value = config.GetString($"rtt.{regions[from]}.{regions[to]}") ?? config.GetString($"rtt.{regions[to]}.{regions[from]}")
                    ?? throw new ArgumentException($"{name}: rtt.{regions[from]}.{regions[to]} is missing; it is the round trip in ms");
                matrix[from, to] = matrix[to, from] = Number(name, value);
            }
        }

        return new RegionMatrix(name, regions, matrix);
    }

    private static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ArgumentException($"{name}: '{text}' is no round trip in ms");

    private void Check()
    {
        if (Regions.Count is 0 or > MaxRegions || Regions.Distinct(StringComparer.Ordinal).Count() != Regions.Count)
        {
            throw new ArgumentException($"{Name} has {Regions.Count} regions, {string.Join(", ", Regions)}; there may be 1 to {MaxRegions}, each with a name of its own");
        }

        if (_milliseconds.GetLength(0) != Regions.Count || _milliseconds.GetLength(1) != Regions.Count)
        {
            throw new ArgumentException($"{Name} has {Regions.Count} regions and a matrix of {_milliseconds.GetLength(0)} by {_milliseconds.GetLength(1)}");
        }

        for (var from = 0; from < Regions.Count; from++)
        {
            for (var to = 0; to < Regions.Count; to++)
            {
                var trip = this[from, to];
                if (!(trip >= 0 && trip <= LongestRoundTrip) || trip != this[to, from] || (from == to && trip != 0))
                {
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                        $"{Name}: {Regions[from]} to {Regions[to]} is {trip} ms; it may be 0 to {LongestRoundTrip}, the same both ways, 0 from a region to itself"));
                }
            }
        }
    }
}
