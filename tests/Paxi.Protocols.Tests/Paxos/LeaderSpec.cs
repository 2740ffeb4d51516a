using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>The leader; PMS is Lamport, Paxos Made Simple (2001). Its own acceptor is played by the test: messages to the own replica stay inside, where an ear hears them.</summary>
public abstract class LeaderSpec(string settings, int members = 3) : RoleSpec(PaxosRoles.Leader, settings, members)
{
    protected static readonly ReplicaId Fourth = new(1, 4);
    protected static readonly ReplicaId Fifth = new(1, 5);

    /// <summary>The replica's first ballot.</summary>
    protected static readonly Ballot Own = Ballot(1, First);

    protected void Stand(long learned = 0)
    {
        Tell(new AcceptorReady(default, IsNew: true));
        Tell(ElectionDue.Instance);
        Assert.Single(Told<LearnerQuery>());
        Tell(new LearnedTo(learned));
    }

    protected void Promised(ReplicaId from, long first, params LogEntry[] entries) =>
        Answer(new Promise(from, Own, first, IsLast: true, Truncated: 0, Decided: 0, entries));

    /// <summary>Stands and wins with nothing found.</summary>
    protected void Win()
    {
        Stand();
        Promised(First, 1);
        Promised(Second, 1);
        Assert.Contains($"led {Own}", Observed);
        Sent<Commit>();
        Told<Commit>();
    }

    protected void Propose(string content, ulong session = 1) => Tell(new Propose(Batch(content, session)));

    protected void Accepted(ReplicaId from, long slot) => Answer(new Accepted(from, Own, slot));

    /// <summary>From the own replica, or from a peer.</summary>
    protected void Answer(Paxi.Actors.Wire.IWireMessage message) => Tell(message);
}
