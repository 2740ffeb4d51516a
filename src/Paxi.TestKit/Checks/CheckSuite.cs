using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;

namespace Paxi.TestKit.Checks;

/// <summary>All checks of a run. The replicas' observer; the run asks after every step and stops at the first violation.</summary>
public sealed class CheckSuite : IReplicaObserver
{
    private readonly IReadOnlyList<Check> _checks;
    private readonly Func<TimeSpan> _now;

    /// <param name="checks">Each belongs to this suite from now on.</param>
    /// <param name="now">Virtual time since the world began.</param>
    public CheckSuite(IReadOnlyList<Check> checks, Func<TimeSpan> now)
    {
        (_checks, _now) = (checks, now);
        foreach (var check in checks)
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
    public static IReadOnlyList<Check> ForLog(QuorumSystem quorums) =>
    [
        new AgreementCheck(),
        new DecidedByQuorumCheck(quorums),
        new OneValuePerBallotCheck(),
        new OneLeaderPerBallotCheck(),
        new PromiseCheck(),
        new ExecutedPrefixCheck(),
    ];

    /// <exception cref="ViolationException">A property is broken.</exception>
    public void ThrowIfViolated()
    {
        if (Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
    }

    public void Promised(ReplicaId replica, string log, Ballot ballot) => Each(check => check.Promised(replica, log, ballot));

    public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch) =>
        Each(check => check.Accepted(replica, log, slot, ballot, batch));

    public void Led(ReplicaId replica, string log, Ballot ballot) => Each(check => check.Led(replica, log, ballot));

    public void Decided(ReplicaId replica, string log, long slot, Batch batch) =>
        Each(check => check.Decided(replica, log, slot, batch));

    public void Executed(ReplicaId replica, string log, long slot, Batch batch) =>
        Each(check => check.Executed(replica, log, slot, batch));

    public void Restored(ReplicaId replica, string log, long slot) => Each(check => check.Restored(replica, log, slot));

    /// <summary>The replica starts again from what it had synced.</summary>
    public void Restarted(ReplicaId replica) => Each(check => check.Restarted(replica));

    internal void Report(Check check, string message) => Violation ??= new Violation(check.Name, check.Source, message, _now());

    private void Each(Action<Check> observe)
    {
        Observations++;
        foreach (var check in _checks)
        {
            observe(check);
        }
    }
}
