using System.Globalization;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Linearizability;

/// <summary>An impossible fragment in words.</summary>
public static class FragmentText
{
    /// <summary>Writes the fragment, an operation a line, by start; times count from the first start.</summary>
    public static void Write(TextWriter writer, CheckReport report)
    {
        if (report.Fragment.Count == 0)
        {
            return;
        }

        long origin = report.Fragment.Min(static item => item.Operation.Start);
        string[] starts = [.. report.Fragment.Select(item => Time(item.Operation.Start - origin))];
        string[] ends = [.. report.Fragment.Select(item => End(item, origin))];
        int clientWidth = report.Fragment.Max(static item => Number(item.Operation.Client).Length);
        int startWidth = starts.Max(static text => text.Length);
        int endWidth = ends.Max(static text => text.Length);
        for (int index = 0; index < report.Fragment.Count; index++)
        {
            FragmentOperation item = report.Fragment[index];
            string line = item.Operation.Line > 0 ? $"   (line {item.Operation.Line})" : "";
            string mark = item.IsImpossible ? " ✗ " : "   ";
            string client = Number(item.Operation.Client).PadLeft(clientWidth);
            string time = $"{starts[index].PadLeft(startWidth)} .. {ends[index].PadLeft(endWidth)}";
            writer.WriteLine($"{mark}client {client}   {time}   {item.Operation.Describe()}{line}");
        }
    }

    /// <summary>Why a fragment is impossible, in one line.</summary>
    /// <param name="fragment">The fragment.</param>
    /// <param name="fromAnyState">Whether it is so whatever the key held before: then a value may have been written earlier.</param>
    internal static string Reason(IReadOnlyList<FragmentOperation> fragment, bool fromAnyState)
    {
        FragmentOperation? culprit = fragment.FirstOrDefault(static item => item.IsImpossible);
        if (culprit is null)
        {
            return $"no order of the {fragment.Count} operations of the fragment explains all answers{Whatever(fromAnyState)}";
        }

        Operation last = culprit.Operation;
        string who = $"client {Number(last.Client)}'s {last.Describe()}";
        if (last.Kind != OperationKind.Get)
        {
            return $"{who} fits into no order of the {fragment.Count} operations of the fragment{Whatever(fromAnyState)}";
        }

        Operation[] others = [.. fragment.Select(static item => item.Operation).Where(other => other != last)];
        Operation[] writers = [.. others.Where(other => Writes(other, last.Key, last.Result))];
        if (writers.Length == 0 && last.Result is not null && !fromAnyState)
        {
            return $"{who}, but nothing writes {Operation.Quote(last.Result)} before the read ends";
        }

        bool isStale = others.Any(write =>
            write.End < last.Start && write.Kind != OperationKind.Get && Writes(write, last.Key)
            && writers.All(writer => writer.End < write.Start));
        Operation? other = !fromAnyState || writers.Length > 0 ? null : others.FirstOrDefault(read =>
            read is { Kind: OperationKind.Get, Ok: true } && read.Key == last.Key && read.Result != last.Result
            && !others.Any(writer => Writes(writer, read.Key, read.Result)));
        if (!isStale && other is not null)
        {
            return $"{who} and client {Number(other.Client)}'s {other.Describe()} differ, but nothing writes either value meanwhile";
        }

        return isStale
            ? $"{who}, but that value was overwritten before the read began"
            : $"{who} fits into no order of the {fragment.Count} operations of the fragment{Whatever(fromAnyState)}";
    }

    private static string Whatever(bool fromAnyState) => fromAnyState ? ", whatever the key held before them" : "";

    /// <summary>A duration in a unit that suits it.</summary>
    internal static string Time(long nanoseconds) => Math.Abs(nanoseconds) switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.000} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.000} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.000000} s"),
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string End(FragmentOperation item, long origin) =>
        item.Operation.End is { } end ? Time(end - origin) : "unknown";

    private static bool Writes(Operation operation, string key) => operation.Kind switch
    {
        OperationKind.Get => false,
        OperationKind.Transaction => operation.Parts.Any(part => Writes(part, key)),
        OperationKind.CompareAndSet => operation.Key == key && operation.Swapped != false,
        _ => operation.Key == key,
    };

    private static bool Writes(Operation operation, string key, string? value) =>
        operation.Kind == OperationKind.Transaction
            ? operation.Parts.Any(part => Writes(part, key, value))
            : Writes(operation, key) && (operation.Kind == OperationKind.Delete ? null : operation.Value) == value;
}
