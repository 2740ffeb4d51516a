using System.Globalization;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>What kind of bar an operation gets.</summary>
internal enum PictureRole
{
    /// <summary>Not part of the contradiction.</summary>
    Neighbour,

    /// <summary>Part of it.</summary>
    Fragment,

    /// <summary>Its answer is what no order explains.</summary>
    Impossible,
}

/// <summary>An operation or a fault at its place.</summary>
/// <param name="Row">Counted from the top.</param>
/// <param name="Left">In pixels.</param>
/// <param name="Right">In pixels; where the bar ends or fades.</param>
/// <param name="Room">Up to where a label may go past the bar.</param>
/// <param name="Label">What stands on or beside it, cut to fit; maybe empty.</param>
/// <param name="IsOutside">Whether the label stands beside the bar.</param>
internal sealed record PictureBar(
    int Row, double Left, double Right, double Room, string Label, bool IsOutside, string Tip, PictureRole Role, OperationKind? Kind, bool IsOpen);

/// <summary>A row with a name: a client's, or the faults'.</summary>
internal sealed record PictureRow(string Name, int First, int Count);

/// <summary>Chooses what is drawn and where.</summary>
internal sealed class PictureLayout
{
    /// <summary>More operations that are not needed for the contradiction would only hide it.</summary>
    public const int MostNeighbours = 120;

    private const double LeastMargin = 92;
    private const double MostMargin = 170;
    private const double LeastWidth = 1080;
    private const double LeastBar = 4;
    private const double MostLabel = 300;

    /// <summary>In a longer fragment the labels may be cut: the picture would grow too wide.</summary>
    private const int MostLabelled = 40;
    private const double TailPixels = 40;
    private const double LabelGap = 4;

    private readonly List<PictureRow> _rows = [];
    private readonly List<PictureBar> _bars = [];
    private readonly List<PictureBar> _faults = [];
    private readonly string? _onlyKey;
    private readonly long _from;
    private readonly long _to;

    public PictureLayout(CheckReport report, IReadOnlyList<FaultInterval> faults)
    {
        IReadOnlyList<FragmentOperation> fragment = report.Fragment;
        Origin = _from = fragment.Min(static item => item.Operation.Start);
        _to = fragment.Max(item => item.IsOpen || item.Operation.End is null ? item.Operation.Start : item.Operation.End.Value);
        Operation[] neighbours = NeighboursOf(report);
        Margin = Math.Clamp(
            fragment.Select(static item => item.Operation).Concat(neighbours).Max(static operation => PictureText.Width(NameOf(operation.Client))) + 22,
            LeastMargin, MostMargin);
        _onlyKey = Partition.Keys(report.Neighbours.Concat(fragment.Select(static item => item.Operation))).Take(2).ToArray() is [var only] ? only : null;
        Scale = new PictureScale(Events(fragment, faults), fragment.Count <= MostLabelled ? Rooms(fragment) : [], Margin, LeastWidth);
        PlaceFaults(faults);
        PlaceClients(fragment, neighbours);
    }

    /// <summary>The moment from which times count.</summary>
    public long Origin { get; }

    public PictureScale Scale { get; }

    /// <summary>Rows with their names, from the top.</summary>
    public IReadOnlyList<PictureRow> Rows => _rows;

    public IReadOnlyList<PictureBar> Bars => _bars;

    public IReadOnlyList<PictureBar> Faults => _faults;

    /// <summary>How many operations outside the fragment are drawn.</summary>
    public int Neighbours { get; private set; }

    /// <summary>How many would fall into the picture and are not drawn.</summary>
    public int Omitted { get; private set; }

    /// <summary>How much room there is for the names of the rows.</summary>
    public double Margin { get; }

    /// <summary>The right edge, with room for the tails of what has not ended.</summary>
    public double Right => Scale.Right + TailPixels;

    /// <summary>
    /// Those that overlap the time of the fragment; when they are many, the nearest to the one that is impossible. Of those that never ended only what began in that time:
    /// earlier ones are without number in a long history.
    /// </summary>
    private Operation[] NeighboursOf(CheckReport report)
    {
        var inside = new HashSet<Operation>(report.Fragment.Select(static item => item.Operation), ReferenceEqualityComparer.Instance);
        Operation[] all =
        [
            .. report.Neighbours.Where(operation =>
                !inside.Contains(operation) && operation.Start <= _to && (operation.End ?? operation.Start) >= _from),
        ];
        long middle = (report.Fragment.FirstOrDefault(static item => item.IsImpossible) ?? report.Fragment[^1]).Operation.Start;
        Operation[] drawn = [.. all.OrderBy(operation => Distance(operation, middle)).Take(MostNeighbours)];
        (Neighbours, Omitted) = (drawn.Length, all.Length - drawn.Length);
        return drawn;
    }

    private static ulong Distance(Operation operation, long moment) =>
        operation.Start > moment ? (ulong)(operation.Start - moment)
        : operation.End is { } end && end < moment ? (ulong)(moment - end)
        : 0;

    /// <summary>What the reader must be able to tell apart; the others fall in between.</summary>
    private IEnumerable<long> Events(IReadOnlyList<FragmentOperation> fragment, IReadOnlyList<FaultInterval> faults) =>
        fragment.Select(static item => item.Operation)
            .SelectMany(static operation => new[] { operation.Start, operation.End ?? operation.Start })
            .Concat(faults.SelectMany(static fault => new[] { fault.Start, fault.End ?? fault.Start }))
            .Where(time => time >= _from && time <= _to)
            .Append(_from)
            .Append(_to);

    /// <summary>The operations of the fragment are wide enough for what stands on them.</summary>
    private IEnumerable<(long From, long To, double Pixels)> Rooms(IReadOnlyList<FragmentOperation> fragment) =>
        fragment.Select(item => (
            item.Operation.Start,
            Math.Max(item.Operation.Start, Math.Min(item.Operation.End ?? _to, _to)),
            Math.Min(PictureText.Width($"✗ {LabelOf(item.Operation)}") + (4 * LabelGap), MostLabel)));

    /// <summary>What it did; without the key where there is only one.</summary>
    private string LabelOf(Operation operation)
    {
        string text = operation.Describe();
        if (_onlyKey is null || operation.Kind == OperationKind.Transaction)
        {
            return text;
        }

        string key = $" {Operation.Visible(_onlyKey)}";
        int at = text.IndexOf(key, StringComparison.Ordinal);
        return at < 0 ? text : text.Remove(at, key.Length);
    }

    private void PlaceFaults(IReadOnlyList<FaultInterval> faults)
    {
        var drawn = faults
            .Where(fault => fault.Start <= _to && (fault.End ?? long.MaxValue) >= _from)
            .Select(static fault => fault with { Label = Operation.Visible(fault.Label) })
            .OrderBy(static fault => fault.Start);
        var lanes = new Lanes(0);
        foreach (FaultInterval fault in drawn)
        {
            double left = Scale.At(fault.Start);
            double right = Math.Max(fault.End is { } end && end <= _to ? Scale.At(end) : Right, left + LeastBar);
            double width = Math.Max(right, left + PictureText.Width(fault.Label) + LabelGap);
            string tip = $"{fault.Label}\nfrom {Time(fault.Start)} to {(fault.End is { } known ? Time(known) : "the end of the run")}";
            string label = PictureText.Fit(fault.Label, Right - left - LabelGap);
            bool isOutside = PictureText.Width(label) > right - left - (2 * LabelGap);
            _faults.Add(new PictureBar(
                lanes.Place(left, width), left, right, width, isOutside ? PictureText.Fit(fault.Label, Right - right - LabelGap) : label, isOutside, tip,
                PictureRole.Neighbour, null, fault.End is null));
        }

        if (lanes.Count > 0)
        {
            _rows.Add(new PictureRow("faults", 0, lanes.Count));
        }
    }

    private void PlaceClients(IReadOnlyList<FragmentOperation> fragment, Operation[] neighbours)
    {
        var items = fragment
            .Select(static item => (item.Operation, Role: item.IsImpossible ? PictureRole.Impossible : PictureRole.Fragment, item.IsOpen))
            .Concat(neighbours.Select(static operation => (Operation: operation, Role: PictureRole.Neighbour, IsOpen: operation.End is null)))
            .GroupBy(static item => item.Operation.Client)
            .OrderBy(static group => group.Key);
        foreach (var client in items)
        {
            int first = _rows.Count == 0 ? 0 : _rows[^1].First + _rows[^1].Count;
            var lanes = new Lanes(first);
            var placed = new List<PictureBar>();
            foreach (var (operation, role, isOpen) in client.OrderBy(static item => item.Operation.Start).ThenByDescending(static item => item.Role))
            {
                placed.Add(Place(operation, role, isOpen, lanes));
            }

            _bars.AddRange(placed.Select(bar => Labelled(bar, placed)));
            _rows.Add(new PictureRow(NameOf(client.Key), first, lanes.Count));
        }
    }

    private PictureBar Place(Operation operation, PictureRole role, bool isOpen, Lanes lanes)
    {
        double left = Scale.At(operation.Start);
        bool endsInside = operation.End <= _to;

        // What is not of the contradiction and never ends would fill the picture with bars that say nothing.
        double right = endsInside ? Scale.At(operation.End!.Value)
            : role == PictureRole.Neighbour && operation.End is null ? Math.Min(left + TailPixels, Right)
            : Right;
        right = Math.Max(right, left + LeastBar);
        string end = operation.End is { } time ? Time(time) : "unknown";
        string line = operation.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"\nline {operation.Line}") : "";
        string tip = string.Create(
            CultureInfo.InvariantCulture, $"client {operation.Client}: {operation.Describe()}\nstart {Time(operation.Start)}, end {end}{line}");
        return new PictureBar(lanes.Place(left, right), left, right, Right, LabelOf(operation), false, tip, role, operation.Kind, isOpen || !endsInside);
    }

    /// <summary>A label goes onto its bar, else beside it up to the next bar of the row, else it is cut.</summary>
    private PictureBar Labelled(PictureBar bar, List<PictureBar> row)
    {
        double next = row.Where(other => other.Row == bar.Row && other.Left > bar.Left).Select(static other => other.Left).DefaultIfEmpty(Right).Min();
        string text = bar.Role == PictureRole.Impossible ? $"✗ {bar.Label}" : bar.Label;
        double width = PictureText.Width(text);
        double within = bar.Right - bar.Left - (2 * LabelGap);
        if (width <= within)
        {
            return bar with { Label = text, Room = next };
        }

        double beside = next - bar.Right - (2 * LabelGap);
        return beside > within
            ? bar with { Label = PictureText.Fit(text, beside), IsOutside = true, Room = next }
            : bar with { Label = PictureText.Fit(text, within), Room = next };
    }

    private static string NameOf(long client) => string.Create(CultureInfo.InvariantCulture, $"client {client}");

    private string Time(long moment) => FragmentText.Time(moment - Origin);

    /// <summary>Puts what overlaps into rows of its own.</summary>
    private sealed class Lanes(int first)
    {
        private readonly List<double> _ends = [];

        public int Count => _ends.Count;

        public int Place(double left, double right)
        {
            int lane = _ends.FindIndex(end => end <= left + 0.1);
            if (lane < 0)
            {
                lane = _ends.Count;
                _ends.Add(0);
            }

            _ends[lane] = right;
            return first + lane;
        }
    }
}
