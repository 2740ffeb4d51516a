using Paxi.Actors;

namespace Paxi.Protocols.WPaxos;

// Phase 1.
internal sealed partial class AcceptorActor
{
    private void OnPrepare(Prepare prepare)
    {
        if (!IsMember(prepare.From) || !Sanity.IsPlace(new Place(prepare.Object, prepare.Ballot, prepare.FirstSlot), prepare.From))
        {
            _refused++;
            return;
        }

        ref var row = ref _table.Row(prepare.Object);
        if (prepare.Ballot < row.Ballot)
        {
            Reject(prepare, row.Ballot);
        }
        else if (prepare.Ballot == row.Ballot && row.IsPromised)
        {
            // Asked again, or for the next chunk; the promise may be on its way to the disk, and the answer must not overtake it.
            Persist([], prepare);
        }
        else
        {
            Raise(ref row, prepare.Object, prepare.Ballot, isPromise: true);
            Persist([WPaxosJournal.Promised(prepare.Object, prepare.Ballot)], prepare);
        }
    }

    private void Promise(Prepare prepare)
    {
        var row = _table.Find(prepare.Object);
        if (prepare.Ballot < row.Ballot)
        {
            Reject(prepare, row.Ballot);
            return;
        }

        var votes = new List<Proposal>();
        var isLast = true;
        if (row.Votes is { } known)
        {
            var size = 0;
            var index = known.CountUpTo(prepare.FirstSlot - 1);
            for (; index < known.Count && size < ChunkBytes; index++)
            {
                votes.Add(known[index].Proposal);
                size += known[index].Proposal.Size;
            }

            isLast = index == known.Count;
        }

        _context.Links.Send(prepare.From, new Promise(
            _self, prepare.Object, prepare.Ballot, prepare.FirstSlot, isLast, row.Truncated, row.Decided, votes));
    }

    private void Reject(Prepare prepare, Ballot promised)
    {
        _rejected++;
        _context.Links.Send(prepare.From, new Reject(_self, prepare.Object, prepare.Ballot, promised));
    }
}
