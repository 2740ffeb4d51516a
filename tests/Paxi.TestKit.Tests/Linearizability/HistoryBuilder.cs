using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>Short names for the operations that tests are written in.</summary>
internal static class HistoryBuilder
{
    public static Operation Get(long client, string key, string? result, long start, long? end) =>
        Timed(client, start, end) with { Kind = OperationKind.Get, Key = key, Result = result };

    public static Operation Set(long client, string key, string value, long start, long? end) =>
        Timed(client, start, end) with { Kind = OperationKind.Set, Key = key, Value = value };

    public static Operation Delete(long client, string key, long start, long? end) =>
        Timed(client, start, end) with { Kind = OperationKind.Delete, Key = key };

    public static Operation Cas(
        long client, string key, string? expected, string value, bool? swapped, long start, long? end) =>
        Timed(client, start, end) with
        {
            Kind = OperationKind.CompareAndSet,
            Key = key,
            Expected = expected,
            Value = value,
            Swapped = swapped,
        };

    public static Operation Txn(long client, long start, long? end, params Operation[] parts) =>
        Timed(client, start, end) with { Kind = OperationKind.Transaction, Parts = parts };

    public static Operation Failed(Operation operation) => operation with { Ok = false };

    private static Operation Timed(long client, long start, long? end) => new()
    {
        Kind = OperationKind.Get,
        Client = client,
        Start = start,
        End = end,
        Ok = end is null ? null : true,
    };
}
