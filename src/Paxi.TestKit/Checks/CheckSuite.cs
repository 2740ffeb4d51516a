using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;

namespace Paxi.TestKit.Checks;

/// <summary>All checks of a run. The run asks after every step and stops at the first violation.</summary>
public sealed class CheckSuite
{
    private readonly Check[] _checks;
    private readonly Func<TimeSpan> _now;

    /// <param name="checks">Each belongs to this suite from now on.</param>
    /// <param name="now">Virtual time since the world began.</param>
    public CheckSuite(IEnumerable<Check> checks, Func<TimeSpan> now)
    {
        (_checks, _now) = ([.. checks], now);
        foreach (var check in _checks)
        {
            check.Attach(this);
        }
    }

    /// <summary>The first violation, or null so far.</summary>
    public Violation? Violation { get; private set; }

    public IReadOnlyList<string> Names => [.. _checks.Select(check => check.Name)];

    /// <summary>How many steps the checks have looked at: a run in which nothing was observed proves nothing.</summary>
    public long Observations { get; private set; }

    /// <summary>The checks that hold for every protocol that decides slots of a log by quorums.</summary>
    public static IReadOnlyList<Check> ForLog(EpochBook book) =>
    [
        new EpochCheck(book),
        new AgreementCheck(),
        new DecidedByQuorumCheck(book),
        new OneValuePerBallotCheck(),
        new OneLeaderPerBallotCheck(),
        new PromiseCheck(),
        new ExecutedPrefixCheck(),
        new ExactlyOnceCheck(),
        new SnapshotCheck(),
        new ConvergenceCheck(),
    ];

    /// <exception cref="ViolationException">A property is broken.</exception>
    public void ThrowIfViolated()
    {
        if (Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
    }

    /// <inheritdoc cref="Check.Began"/>
    public void Began(ReplicaId replica, Epoch epoch, QuorumSystem quorums)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Began(replica, epoch, quorums);
        }
    }

    /// <inheritdoc cref="Check.Placed"/>
    public void Placed(ReplicaId replica, string log, QuorumSystem quorums)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Placed(replica, log, quorums);
        }
    }

    /// <inheritdoc cref="Check.Promised"/>
    public void Promised(ReplicaId replica, string log, Ballot ballot)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Promised(replica, log, ballot);
        }
    }

    /// <inheritdoc cref="Check.Accepted"/>
    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
    {
        Observations++;
        var view = BatchView.Of(batch);
        foreach (var check in _checks)
        {
            check.Accepted(replica, log, slot, ballot, view);
        }
    }

    /// <inheritdoc cref="Check.Led"/>
    public void Led(ReplicaId replica, string log, Ballot ballot)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Led(replica, log, ballot);
        }
    }

    /// <inheritdoc cref="Check.Decided"/>
    public void Decided(ReplicaId replica, string log, long slot, Batch batch)
    {
        Observations++;
        var view = BatchView.Of(batch);
        foreach (var check in _checks)
        {
            check.Decided(replica, log, slot, view);
        }
    }

    /// <inheritdoc cref="Check.Executed"/>
    public void Executed(ReplicaId replica, string log, long slot, Batch batch)
    {
        Observations++;
        var view = BatchView.Of(batch);
        foreach (var check in _checks)
        {
            check.Executed(replica, log, slot, view);
        }
    }

    /// <inheritdoc cref="Check.TookEffect"/>
    public void TookEffect(ReplicaId replica, string log, long slot, Batch batch, SlotEffects effects)
    {
        foreach (var check in _checks)
        {
            check.TookEffect(replica, log, slot, batch, effects);
        }
    }

    /// <inheritdoc cref="Check.Restored"/>
    public void Restored(ReplicaId replica, string log, long slot, RestoredState state)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Restored(replica, log, slot, state);
        }
    }

    /// <inheritdoc cref="Check.Restarted"/>
    public void Restarted(ReplicaId replica)
    {
        foreach (var check in _checks)
        {
            check.Restarted(replica);
        }
    }

    /// <inheritdoc cref="Check.Answered"/>
    public void Answered(ClientAnswer answer)
    {
        Observations++;
        foreach (var check in _checks)
        {
            check.Answered(answer);
        }
    }

    /// <inheritdoc cref="Check.Converged"/>
    public void Converged(IReadOnlyList<FinalState> states)
    {
        foreach (var check in _checks)
        {
            check.Converged(states);
        }
    }

    /// <summary>Reports what the run itself sees; the first report counts.</summary>
    public void Report(string check, string source, string message) => Violation ??= new Violation(check, source, message, _now());
}
