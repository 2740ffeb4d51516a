using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Paxi.Actors.Epochs;

/// <content>
/// Removes a voter that nobody hears, where the configuration wants that. Each voter tells with its beats whom it has not heard for <see cref="EpochOptions.UnreachableAfter"/>. When most
/// voters miss the same one, the first of those that are heard changes the members as an operator would. The log of the epochs has the last word: whoever has no majority decides nothing.
/// </content>
public sealed partial class EpochsActor
{
    /// <summary>Fewer are never left: two need each other, so a second loss would stop them.</summary>
    private const int FewestVoters = 3;

    /// <summary>What a voter said is old after so many beats.</summary>
    private const int FreshBeats = 4;

    private readonly SortedDictionary<ReplicaId, (TimeSpan At, ImmutableArray<ReplicaId> Missed)> _heard = [];
    private TimeSpan _watchedSince;
    private TimeSpan _removesAfter;
    private ReplicaId _removes;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    /// <summary>With a start, and with each epoch, the time of everybody begins anew: so two removals are that time apart.</summary>
    private void ForgetHeard()
    {
        _heard.Clear();
        _watchedSince = Now;
    }

    private void Hear(EpochBeat beat)
    {
        if (_options.RemovesUnreachable && _epoch.Voters.Contains(beat.From))
        {
            _heard[beat.From] = (Now, beat.Number == _epoch.Number ? beat.Missed : []);
        }
    }

    private ImmutableArray<ReplicaId> Missed() =>
        _options.RemovesUnreachable && !_epoch.IsJoint && _epoch.Voters.Contains(_self) ? [.. _epoch.Voters.Where(IsMissed)] : [];

    private bool IsMissed(ReplicaId voter) =>
        voter != _self && Now - (_heard.TryGetValue(voter, out var heard) ? heard.At : _watchedSince) >= _options.UnreachableAfter;

    private void RemoveUnreachable()
    {
        if (!_options.RemovesUnreachable || _epoch.IsJoint || _change is not null || Now < _removesAfter || !_epoch.Voters.Contains(_self))
        {
            return;
        }

        var fresh = FreshVoters();
        if (fresh[0] != _self)
        {
            return;
        }

        foreach (var voter in Missed())
        {
            if (IsAgreed(voter, fresh) && MayGo(voter, fresh))
            {
                _log.Warning("{0} removes {1}, which most voters have not heard for {2} s", _self, voter, _options.UnreachableAfter.TotalSeconds);
                // One that fails is not tried again at once.
                _removesAfter = Now + _options.UnreachableAfter;
                _removes = voter;
                Self.Tell(new ChangeMembers([], [voter]), Self);
                return;
            }
        }
    }

    /// <summary>This one and those that were heard a moment ago, in the order of their ids.</summary>
    private ImmutableArray<ReplicaId> FreshVoters() =>
        [.. _epoch.Voters.Where(voter => voter == _self || (_heard.TryGetValue(voter, out var heard) && Now - heard.At < FreshBeats * _options.BeatInterval))];

    /// <summary>Whether most voters miss it too.</summary>
    private bool IsAgreed(ReplicaId voter, ImmutableArray<ReplicaId> fresh) =>
        2 * fresh.Count(other => other == _self || _heard[other].Missed.Contains(voter)) > _epoch.Voters.Length;

    /// <summary>Whether those that are heard can bring the change to its end, and have quorums of both phases then.</summary>
    private bool MayGo(ReplicaId voter, ImmutableArray<ReplicaId> fresh)
    {
        var voters = _epoch.Voters.Remove(voter);
        if (voters.Length < FewestVoters || Fault(voters) is not null)
        {
            return false;
        }

        var (old, @new) = (_rules(_epoch.Voters), _rules(voters));
        var (ofOld, ofNew) = (Quorums.VoteSet.Empty, Quorums.VoteSet.Empty);
        foreach (var other in fresh)
        {
            ofOld = ofOld.With(old.IndexOf(other));
            ofNew = other == voter ? ofNew : ofNew.With(@new.IndexOf(other));
        }

        return old.Blocks(ofOld) && @new.IsPhase1Quorum(ofNew) && @new.IsPhase2Quorum(ofNew);
    }

    private void OnRemovalEnded(ChangeEnded ended)
    {
        if (ended.Error is { } error)
        {
            _log.Warning("{0} removed nobody: {1}", _self, error);
        }
        else
        {
            _context.Observer.Removed(_self, _removes);
        }
    }
}
