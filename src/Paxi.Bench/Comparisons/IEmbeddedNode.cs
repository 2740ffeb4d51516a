using Paxi.Bench.Loads;

namespace Paxi.Bench.Comparisons;

/// <summary>A replica inside this process, with a client beside it.</summary>
internal interface IEmbeddedNode : IAsyncDisposable
{
    /// <summary>Completes when this replica leads.</summary>
    Task Leads { get; }

    /// <summary>A driver for the client in this process; the node keeps running when it is disposed of.</summary>
    IDriver CreateDriver();
}
