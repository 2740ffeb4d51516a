using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.TestKit.Checks;

namespace Paxi.TestKit.Transcripts;

/// <summary>A check that finds no fault: it notes what the replicas do, for a transcript to show.</summary>
internal sealed class Narrator : Check
{
    private readonly List<Func<string>> _lines = [];
    private readonly Dictionary<UInt128, string> _batches = [];

    public override string Name => "narrator";

    public override string Source => "the transcript";

    public override void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        if (epoch.Number > 1)
        {
            Note($"{replica} is in {epoch}");
        }
    }

    public override void Promised(ReplicaId replica, string log, Ballot ballot) => Note($"{replica} promises {ballot}{In(log)}");

    public override void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, BatchView batch) =>
        _lines.Add(() => $"{replica} votes in {ballot} for slot {Number(slot)}{In(log)}: {Show(batch)}");

    public override void Led(ReplicaId replica, string log, Ballot ballot) => Note($"{replica} leads in {ballot}{In(log)}");

    public override void Decided(ReplicaId replica, string log, long slot, BatchView batch) =>
        _lines.Add(() => $"{replica} knows slot {Number(slot)}{In(log)} to be decided: {Show(batch)}");

    public override void Executed(ReplicaId replica, string log, long slot, BatchView batch) =>
        _lines.Add(() => $"{replica} executes slot {Number(slot)}{In(log)}: {Show(batch)}");

    /// <summary>What is decided without a message is known by its content from here on.</summary>
    public override void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects) => Learn(batch);

    public override void Restored(ReplicaId replica, string log, long slot, RestoredState state) =>
        Note($"{replica} restores a snapshot of everything up to slot {Number(slot)}{In(log)}");

    public void Note(string line) => _lines.Add(() => line);

    /// <summary>What batches with this content are called from now on.</summary>
    public void Learn(object message)
    {
        foreach (var batch in MessageText.Batches(message))
        {
            _batches[BatchView.Of(batch).Digest] = MessageText.Describe(batch);
        }
    }

    /// <summary>What was noted since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = _lines.ConvertAll(line => line());
        _lines.Clear();
        return taken;
    }

    private string Show(BatchView batch) => _batches.GetValueOrDefault(batch.Digest) ?? batch.ToString();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
