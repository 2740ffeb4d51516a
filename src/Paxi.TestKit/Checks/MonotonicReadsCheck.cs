using Paxi.Actors.Commands;
using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>
/// Within a session, a read returns no older version of a key than an earlier read or write of that session has seen, and none that no replica has executed.
/// Weaker than linearizability, but cheap, and it names the two operations. Reads of mode <see cref="ReadMode.Any"/> promise nothing.
/// </summary>
/// <param name="model">Orders the versions.</param>
public sealed class MonotonicReadsCheck(StoreModel model) : Check
{
    private readonly Dictionary<(long Client, string Key), (int Version, Operation What)> _seen = [];

    public override string Name => "monotonic reads";

    public override string Source => "Terry et al., Session Guarantees for Weakly Consistent Replicated Data (1994), section 2: Read Your Writes, Monotonic Reads";

    public override void Answered(ClientAnswer answer)
    {
        var operation = answer.Operation;
        if (operation.Ok != true)
        {
            return;
        }

        var parts = operation.Kind == OperationKind.Transaction ? operation.Parts : [operation];
        if (parts.All(part => part.Kind == OperationKind.Get))
        {
            foreach (var part in answer.Mode == ReadMode.Any ? [] : parts)
            {
                Read(operation.Client, part);
            }

            return;
        }

        if (model.ResultsOf(answer.Body) is [var only])
        {
            // More than one: equal commands (deletes), and which of them this was is not known.
            foreach (var result in only)
            {
                See(operation.Client, result.Key, result.Version, operation);
            }
        }
    }

    private void Read(long client, Operation read)
    {
        var (least, earlier) = _seen.GetValueOrDefault((client, read.Key));
        var version = model.VersionOf(read.Key, read.Result, least);
        if (version >= 0)
        {
            See(client, read.Key, version, read);
        }
        else if (model.VersionOf(read.Key, read.Result, 0) is >= 0 and var old)
        {
            Violate($"client {client}'s {read.Describe()} is version {old} of the key, older than version {least}, which it had seen by {earlier.Describe()}");
        }
        else
        {
            Violate($"client {client}'s {read.Describe()} is of a write that no replica has executed");
        }
    }

    private void See(long client, string key, int version, Operation what)
    {
        if (version >= _seen.GetValueOrDefault((client, key)).Version)
        {
            _seen[(client, key)] = (version, what);
        }
    }
}
