using Paxi.Actors;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Checks;

/// <summary>
/// A command, named by its session and its sequence number in it, takes effect at most once, however often it was sent, proposed and decided; and a slot has the
/// same effects on every replica, because the sessions are part of the replicated state.
/// </summary>
public sealed class ExactlyOnceCheck : Check
{
    private readonly HashSet<(ulong Session, long Sequence)> _done = [];

    public override string Name => "exactly once";

    public override string Source => "Lee et al., Implementing Linearizability at Large Scale and Low Latency (SOSP 2015), section 3: exactly-once semantics";

    public override void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects)
    {
        if (effects.IsFirst)
        {
            Match(replica, log, slot, batch, effects.Bodies);
        }
        else if (!effects.Bodies.SequenceEqual(effects.First))
        {
            Violate($"slot {slot}{In(log)} has {effects.Bodies.Count} effects on {replica} and other ones, {effects.First.Count}, "
                + "on the replica that executed it first");
        }
    }

    /// <summary>Finds for each effect the command of the batch that it came from, of those that had not taken effect before.</summary>
    private void Match(ReplicaId replica, string log, long slot, Batch batch, IReadOnlyList<UInt128> bodies)
    {
        var next = 0;
        var reader = new BatchReader(batch);
        (ulong, long)? repeated = null;
        while (next < bodies.Count && reader.NextBlock())
        {
            while (next < bodies.Count && reader.NextCommand())
            {
                if (BatchView.DigestOf(reader.Body.Span) != bodies[next])
                {
                    continue;
                }

                if (_done.Add((reader.Session, reader.Sequence)))
                {
                    next++;
                    repeated = null;
                }
                else
                {
                    repeated ??= (reader.Session, reader.Sequence);
                }
            }
        }

        if (next == bodies.Count)
        {
            return;
        }

        Violate(repeated is var (session, sequence)
            ? $"command {sequence} of session {session:x} takes effect a second time in slot {slot}{In(log)} on {replica}"
            : $"in slot {slot}{In(log)} on {replica} a command takes effect that is not in the slot, or out of order");
    }
}
