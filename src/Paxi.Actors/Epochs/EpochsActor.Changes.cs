using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Paxi.Actors.Quorums;

namespace Paxi.Actors.Epochs;

/// <summary>The proposer: drives a change of the members from the joint epoch to the new one, or back.</summary>
public sealed partial class EpochsActor
{
    private void OnChange(ChangeMembers change)
    {
        ImmutableArray<ReplicaId> voters = [.. _epoch.Voters.Union(change.Add).Except(change.Remove).Order()];
        var error = _change is not null || _epoch.IsJoint ? $"the members are being changed already ({_epoch}); one change at a time"
            : !_epoch.Voters.Contains(_self) ? $"replica {_self} is no voter; ask one of {string.Join(", ", _epoch.Voters)}"
            : Fault(voters);
        if (error is not null)
        {
            Sender.Tell(new ChangeEnded(EpochView.Of(_epoch), error), Self);
            return;
        }

        _change = new Change(Sender, voters);
        Timers.StartSingleTimer(DeadlineTimer, DeadlinePassed.Instance, _options.ChangeTimeout);
        GoOn();
    }

    private string? Fault(ImmutableArray<ReplicaId> voters)
    {
        if (voters.SequenceEqual(_epoch.Voters))
        {
            return $"the voters are {string.Join(", ", voters)} already";
        }

        try
        {
            _ = _epoch.ToJoint(voters).Quorums(_rules);
            return null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>Does the next step of a change, if it is time for it.</summary>
    private void GoOn()
    {
        if (_proposal is not null || Timers.IsTimerActive(ProposeTimer))
        {
            return;
        }

        if (_change is { } change && !_epoch.IsJoint)
        {
            if (IsReadyToJoin(change))
            {
                Propose();
            }
        }
        else if (_epoch.IsJoint && _majority.IndexOf(_self) >= 0 && (IsReadyToEnd() || _change?.IsOverdue == true))
        {
            // The driver at once; the others only if it does not.
            StartProposing(_change is not null ? TimeSpan.Zero : (2 + (3 * _random.NextDouble())) * _options.BeatInterval);
        }
    }

    /// <summary>New voters have caught up before they count.</summary>
    private bool IsReadyToJoin(Change change) => !change.Voters.Any(IsLate);

    /// <summary>A new voter that has not told, in the present epoch, that it is synced.</summary>
    private bool IsLate(ReplicaId voter) =>
        !_epoch.Voters.Contains(voter) && !(_peers.TryGetValue(voter, out var peer) && peer == (_epoch.Number, true));

    private bool IsReadyToEnd()
    {
        var (old, @new) = (_rules(_epoch.Before), _rules(_epoch.Voters));
        return old.Blocks(Those(old, synced: false)) && @new.BlocksPhase1(Those(@new, synced: true));
    }

    private void StartProposing(TimeSpan pause)
    {
        if (pause == TimeSpan.Zero)
        {
            Propose();
        }
        else
        {
            Timers.StartSingleTimer(ProposeTimer, ProposeDue.Instance, pause);
        }
    }

    private void Propose()
    {
        if (Wanted() is not { } wanted)
        {
            _proposal = null;
            return;
        }

        _highest = Ballot.Max(_highest, _vote.Promised).Next(_self);
        _proposal = new EpochProposal(_highest, wanted, _majority);
        Broadcast(new EpochPrepare(_self, wanted.Number, _highest));
        // No answer, or a rival: again, with a higher ballot, after a time that two rivals hardly share.
        Timers.StartSingleTimer(ProposeTimer, ProposeDue.Instance, (1 + _random.NextDouble()) * _options.RetransmitInterval);
    }

    private Epoch? Wanted()
    {
        if (!_epoch.IsJoint)
        {
            return _change is { } change ? _epoch.ToJoint(change.Voters) : null;
        }

        if (_change?.IsOverdue == true)
        {
            return _epoch.ToAborted();
        }

        return IsReadyToEnd() ? _epoch.ToFinal() : null;
    }

    private void OnReject(EpochReject reject)
    {
        if (reject.Number == _vote.Number && reject.Promised.Counter < EpochOptions.LargestCounter)
        {
            _highest = Ballot.Max(_highest, reject.Promised);
        }
    }

    private void OnDeadline()
    {
        if (_change is not { } change)
        {
            return;
        }

        if (_epoch.IsJoint)
        {
            // Goes back; the answer comes with the next epoch.
            _change = change with { IsOverdue = true };
            _proposal = null;
            Timers.Cancel(ProposeTimer);
            GoOn();
            return;
        }

        End($"not within {_options.ChangeTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s: {Missing(change)}; the members are as before");
    }

    private string Missing(Change change)
    {
        var late = change.Voters.Where(IsLate).ToArray();
        return late.Length == 0 ? "no majority of the members answers" : $"{string.Join(", ", late)} {(late.Length == 1 ? "has" : "have")} not caught up";
    }

    private void EndChangeIfDone()
    {
        if (_change is not { } change)
        {
            return;
        }

        if (_epoch.IsJoint)
        {
            if (!_epoch.Voters.SequenceEqual(change.Voters))
            {
                End($"another change came first: {_epoch}");
            }
        }
        else if (_epoch.Voters.SequenceEqual(change.Voters))
        {
            End(null);
        }
        else
        {
            End(change.IsOverdue ? "the new voters were not synced in time; the members are as before" : $"another change came first: {_epoch}");
        }
    }

    private void End(string? error)
    {
        _change!.Asker.Tell(new ChangeEnded(EpochView.Of(_epoch), error), Self);
        _change = null;
        _proposal = null;
        Timers.Cancel(DeadlineTimer);
        Timers.Cancel(ProposeTimer);
    }

    /// <param name="Voters">Who shall vote.</param>
    private sealed record Change(IActorRef Asker, ImmutableArray<ReplicaId> Voters)
    {
        public bool IsOverdue { get; init; }
    }

    private sealed record ProposeDue : INoSerializationVerificationNeeded
    {
        public static readonly ProposeDue Instance = new();
    }

    private sealed record DeadlinePassed : INoSerializationVerificationNeeded
    {
        public static readonly DeadlinePassed Instance = new();
    }
}
