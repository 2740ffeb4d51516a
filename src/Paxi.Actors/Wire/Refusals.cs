using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Event;

namespace Paxi.Actors.Wire;

/// <summary>
/// Counts what an actor system did not take in, and logs it once a kind: a peer that keeps sending what nobody takes must fill neither the log nor the memory.
/// Thread-safe.
/// </summary>
public sealed class Refusals
{
    /// <summary>How many kinds are told apart; later ones are counted, not logged.</summary>
    public const int MaxKinds = 64;

    private const int MaxKindLength = 100;

    private static readonly Meter Meter = new("Paxi");

    private static readonly Counter<long> Counter =
        Meter.CreateCounter<long>("paxi.wire.refused", "{message}", "Messages from outside that were not taken in");

    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);
    private readonly KeyValuePair<string, object?> _tag;
    private readonly ILoggingAdapter _log;
    private long _count;

    internal Refusals(ActorSystem system)
    {
        _log = Logging.GetLogger(system, nameof(Refusals));
        _tag = new KeyValuePair<string, object?>("system", system.Name);
    }

    /// <summary>How many since the start of the actor system.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <param name="kind">What it was: a manifest, a type's name, a tag.</param>
    /// <param name="reason">Why it was refused.</param>
    internal void Report(string kind, string reason)
    {
        Interlocked.Increment(ref _count);
        Counter.Add(1, _tag);
        bool last;
        lock (_logged)
        {
            if (_logged.Count >= MaxKinds || !_logged.Add(kind.Length <= MaxKindLength ? kind : kind[..MaxKindLength]))
            {
                return;
            }

            last = _logged.Count == MaxKinds;
        }

        _log.Warning("refused {0}: {1}; further ones are counted only", Line(kind), Line(reason));
        if (last)
        {
            _log.Warning("refused {0} kinds of messages; further kinds are counted only", MaxKinds);
        }
    }

    /// <summary>What came from outside must not break the lines of the log.</summary>
    private static string Line(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 2 * MaxKindLength ? line : line[..(2 * MaxKindLength)];
    }
}
