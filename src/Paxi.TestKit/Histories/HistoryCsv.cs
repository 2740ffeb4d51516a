using System.Globalization;
using System.Text;

namespace Paxi.TestKit.Histories;

/// <summary>
/// Paxi's history lines, <c>key,input,output,start,end</c>: a line with an input is a set, any other a get. Empty,
/// <c>null</c> and <c>&lt;nil&gt;</c> stand for none. Every line is a completed operation.
/// </summary>
internal static class HistoryCsv
{
    private const string Form = "key,input,output,start,end";

    /// <summary>The operation of a line, without its client; null for a heading on the first line.</summary>
    public static Operation? Read(ReadOnlySpan<byte> line, int number, bool isFirst)
    {
        string text = Encoding.UTF8.GetString(line);
        string[] fields = text.Split(',');
        if (isFirst && text.Replace(" ", "", StringComparison.Ordinal).Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (fields.Length != 5)
        {
            string expected = isFirst ? $"expected a JSON object or {Form}" : $"expected {Form}";
            throw new HistoryException(number, $"{fields.Length} fields; {expected}");
        }

        string? input = Value(fields[1]);
        var operation = new Operation
        {
            Kind = input is null ? OperationKind.Get : OperationKind.Set,
            Key = fields[0].Trim(),
            Value = input,
            Result = input is null ? Value(fields[2]) : null,
            Ok = true,
            Start = Time(fields[3], "start", number),
            End = Time(fields[4], "end", number),
            Line = number,
        };
        return HistoryValidation.Fault(operation) is { } fault ? throw new HistoryException(number, fault) : operation;
    }

    /// <summary>
    /// The lines name no clients. Each operation gets the lowest client that is free when it starts, which is what
    /// a picture needs and adds no order that the times do not have.
    /// </summary>
    public static List<Operation> WithClients(List<Operation> operations)
    {
        var order = Enumerable.Range(0, operations.Count).OrderBy(index => operations[index].Start).ToArray();
        var busy = new PriorityQueue<int, long>();
        var free = new PriorityQueue<int, int>();
        int clients = 0;
        foreach (int index in order)
        {
            // Only a client whose last operation ended strictly before: two operations that touch stay concurrent.
            while (busy.TryPeek(out int client, out long end) && end < operations[index].Start)
            {
                busy.Dequeue();
                free.Enqueue(client, client);
            }

            int chosen = free.Count > 0 ? free.Dequeue() : ++clients;
            operations[index] = operations[index] with { Client = chosen };
            busy.Enqueue(chosen, operations[index].End!.Value);
        }

        return operations;
    }

    private static string? Value(string field) => field.Trim() is "" or "null" or "<nil>" ? null : field.Trim();

    private static long Time(string field, string name, int number)
    {
        ReadOnlySpan<char> text = field.AsSpan().Trim();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time))
        {
            return time;
        }

        throw new HistoryException(number, $"{name} is '{text}'; expected a whole number of nanoseconds");
    }
}
