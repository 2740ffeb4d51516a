using System.Text;
using Paxi.Bench.Workloads;
using Paxi.TestKit.Histories;

namespace Paxi.Bench.Loads;

/// <summary>Records what goes through to another driver and how it ended.</summary>
internal sealed class HistoryDriver(IDriver driver) : IDriver
{
    private readonly HistoryRecorder _recorder = new();

    public History ToHistory() => _recorder.ToHistory();

    public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        if (operation.Parts is { } parts)
        {
            return await SendTransactionAsync(client, operation, parts);
        }

        var kind = operation.IsRead ? OperationKind.Get : OperationKind.Set;
        var token = _recorder.Invoke(client, kind, operation.Key, Text(operation.Value));
        var result = await driver.SendAsync(client, operation);
        if (result.Outcome == LoadOutcome.Done)
        {
            _recorder.Complete(token, result.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null);
        }
        else
        {
            EndUndone(token, result.Outcome);
        }

        return result;
    }

    private async ValueTask<LoadResult> SendTransactionAsync(int client, LoadOperation operation, LoadOperation[] parts)
    {
        var invoked = Array.ConvertAll(parts, static part => new Operation
        {
            Kind = part.IsRead ? OperationKind.Get : OperationKind.Set,
            Key = part.Key,
            Value = Text(part.Value),
        });
        var token = _recorder.InvokeTransaction(client, invoked);
        var result = await driver.SendAsync(client, operation);
        if (result.Outcome == LoadOutcome.Done)
        {
            _recorder.CompleteTransaction(token,
            [
                .. invoked.Select((part, index) => result.Parts?[index] is { } value ? part with { Result = Encoding.UTF8.GetString(value.Span) } : part),
            ]);
        }
        else
        {
            EndUndone(token, result.Outcome);
        }

        return result;
    }

    private void EndUndone(int token, LoadOutcome outcome)
    {
        if (outcome == LoadOutcome.Failed)
        {
            _recorder.Fail(token);
        }
        else
        {
            _recorder.Unknown(token);
        }
    }

    public ValueTask DisposeAsync() => driver.DisposeAsync();

    private static string? Text(byte[]? value) => value is null ? null : Encoding.UTF8.GetString(value);
}
