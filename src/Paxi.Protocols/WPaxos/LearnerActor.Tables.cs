using Paxi.Actors;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

// The comparison of tables: which objects is another replica ahead in?
internal sealed partial class LearnerActor
{
    /// <summary>Objects that a message tells of.</summary>
    private const int MaxEntries = 1024;

    private Comparison? _comparison;

    /// <summary>One at a time; the peers ask again.</summary>
    private void OnCompare(ReplicaId peer)
    {
        if (_comparison is null && !_fetch.IsFull)
        {
            _comparison = new Comparison(peer) { Until = Now + _options.RetransmitInterval };
            _context.Links.Send(peer, new TableRequest(_self, -1, default));
            if (!Timers.IsTimerActive(Tick.Instance))
            {
                Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetransmitInterval / 2);
            }
        }
    }

    private void TendComparison()
    {
        if (_comparison is { } comparison && comparison.Until <= Now)
        {
            _comparison = null;
        }
    }

    private void OnTableRequest(TableRequest request)
    {
        if (request.Bucket < 0)
        {
            _context.Links.Send(request.From, new TableDigests(_self, _table.Digests()));
            return;
        }

        var (places, isLast) = _table.Read(request.Bucket, request.After, MaxEntries);
        _context.Links.Send(request.From, new TableEntries(_self, request.Bucket, isLast, places));
    }

    private void OnDigests(TableDigests digests)
    {
        if (_comparison is not { IsListed: false } comparison || digests.From != comparison.Peer || digests.Buckets.Count != WPaxosWire.Buckets)
        {
            return;
        }

        comparison.IsListed = true;
        var own = _table.Digests();
        for (var bucket = 0; bucket < own.Length; bucket++)
        {
            if (own[bucket] != digests.Buckets[bucket])
            {
                comparison.Buckets.Enqueue(bucket);
            }
        }

        AskBucket(comparison, default);
    }

    private void OnEntries(TableEntries entries)
    {
        if (_comparison is not { } comparison || entries.From != comparison.Peer || !comparison.Buckets.TryPeek(out var bucket) || bucket != entries.Bucket)
        {
            return;
        }

        foreach (var place in entries.Places)
        {
            if (place.Slot <= Sanity.LargestSlot && place.Slot > _table.Executed(place.Object))
            {
                Want(place.Object, place.Slot, entries.From, TimeSpan.Zero);
            }
        }

        var isMore = !entries.IsLast && entries.Places.Count > 0;
        if (!isMore)
        {
            comparison.Buckets.Dequeue();
        }

        AskBucket(comparison, isMore ? entries.Places[^1].Object : default);
        AskNow();
    }

    /// <summary>Goes on with the first bucket that is left; without one, or without room for more, that is the end.</summary>
    private void AskBucket(Comparison comparison, ObjectKey after)
    {
        if (_fetch.IsFull || !comparison.Buckets.TryPeek(out var bucket))
        {
            _comparison = null;
            return;
        }

        comparison.Until = Now + _options.RetransmitInterval;
        _context.Links.Send(comparison.Peer, new TableRequest(_self, bucket, after));
    }

    private sealed class Comparison(ReplicaId peer)
    {
        public ReplicaId Peer { get; } = peer;

        /// <summary>Whether the digests of the buckets have come.</summary>
        public bool IsListed { get; set; }

        /// <summary>That differ; the first is asked for.</summary>
        public Queue<int> Buckets { get; } = new();

        /// <summary>Given up when nothing comes until then.</summary>
        public TimeSpan Until { get; set; }
    }
}
