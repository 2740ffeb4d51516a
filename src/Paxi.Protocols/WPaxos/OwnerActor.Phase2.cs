using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.Protocols.WPaxos;

/// <content>Phase 2: owning.</content>
internal sealed partial class OwnerActor
{
    /// <summary>Open proposals of one object are at most this many bytes, or one command.</summary>
    private const long MaxOpenBytes = 1 << 20;

    /// <summary>Slots that are proposed again at a time.</summary>
    private const int LargestRecovery = 1024;

    private readonly List<OwnedRequest> _taken = [];
    private ObjectSlots? _slots;

    /// <summary>
    /// What phase 1 found goes as fast as messages hold it: after an epoch began, or a crash, that is every slot since the last checkpoint, and requests wait behind it.
    /// </summary>
    private bool HasRoom => HasRecovered ? _slots!.Open < LargestRecovery && _slots.Bytes < MaxOpenBytes : _slots!.Open < _options.Pipeline;

    /// <summary>Slots that phase 1 left to be proposed again.</summary>
    private bool HasRecovered => _phase1 is { } phase1 && _slots!.Last < phase1.Last;

    /// <summary>Proposes while the pipeline has room: first what phase 1 found, then what waits.</summary>
    private void Fill()
    {
        while (_state == State.Owning && !_isRecovering && HasRoom)
        {
            if (_slots.IsLastTying)
            {
                // Behind the beginning of a transaction nothing is under way with it: so who finds votes later can tell which of them are dead.
                break;
            }

            if (HasRecovered)
            {
                var found = _phase1!.VoteIn(_slots!.Last + 1);
                Offer(found?.Batch ?? Batch.NoOp, found?.Share, []);
            }
            else if (_reservation is not null)
            {
                _ = IsFree();
                TellReserved();
                break;
            }
            else if (!IsFree())
            {
                break;
            }
            else if (_waiting.TryPeek(out var next) && (_slots!.Open == 0 || _slots.Bytes + next.Request.Batch.Payload.Length <= MaxOpenBytes))
            {
                _phase1 = null;
                OfferWaiting();
            }
            else
            {
                break;
            }
        }
    }

    /// <summary>The oldest, and those behind it as far as they fit.</summary>
    private void OfferWaiting()
    {
        var count = 0;
        var bytes = _slots!.Bytes;
        while (_waiting.TryPeek(out var next))
        {
            var batch = next.Request.Batch;
            if (_taken.Count > 0 && (count + batch.Count > _options.MaxBatchCommands || bytes + batch.Payload.Length > Math.Min(MaxOpenBytes, _options.MaxBatchBytes)))
            {
                break;
            }

            _taken.Add(_waiting.Dequeue().Request);
            count += batch.Count;
            bytes += batch.Payload.Length;
        }

        OwnedRequest[] requests = [.. _taken];
        _taken.Clear();
        Offer(BatchWriter.Join(Array.ConvertAll(requests, static request => request.Batch)), null, requests, isOwn: true);
    }

    private void Offer(Batch batch, Share? share, OwnedRequest[] requests, bool isOwn = false)
    {
        var slot = _slots!.Last + 1;
        var proposal = new Proposal(new Place(_object, _slots.Ballot, slot), batch, share, _slots.Decided);
        _slots.Add(proposal, slot, requests, isOwn);
        Context.Parent.Tell(new Offer(proposal, requests.Length > 0), Self);
    }

    private void OnDecided(SlotDecided decided)
    {
        if (_state != State.Owning || decided.Ballot != _slots!.Ballot)
        {
            return;
        }

        _slots.Decide(decided.Slot, decided.Told);
        while (_slots.TakeDecided() is { } chosen)
        {
            _losses = Math.Max(0, _losses - 1);
            Context.Parent.Tell(chosen, Self);
            OnPutDecided(chosen.Proposal.Place.Slot);
        }

        Fill();
    }
}
