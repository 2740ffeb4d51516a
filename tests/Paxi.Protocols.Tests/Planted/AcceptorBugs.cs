using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong acceptors.</summary>
internal static class AcceptorBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("promise forgotten on restart", "an acceptor starts again without the promise that it had synced",
            "Lamport, Paxos Made Simple, section 2.3: what an acceptor promised must survive its failure")
        {
            Checks = [Promises, OneLeader, Agreement, Quorum],
            Seeds = 300,
            Plants = Acceptor(Seams.Hands(context => context.Without((table, key) => table == PaxosJournal.StateTable && key.AsSpan().SequenceEqual("promise"u8)))),
        },
        new("nothing is durable", "a replica starts again as if it had never been",
            "Paxi keeps nothing on disk; its `crash` keeps the memory and so hides it")
        {
            Checks = [Promises, OneLeader, Agreement, Quorum, Acknowledged],
            Plants = Acceptor(Seams.Hands(static context => context.Without((_, _) => true)))
                .Add(PaxosRoles.Learner, Seams.Hands(static context => context.Without((_, _) => true))),
        },
        new("votes forgotten on restart", "an acceptor starts again without the votes that it had synced",
            "Paxos Made Simple, section 2.3: it remembers the highest ballot that it voted in, and for what")
        {
            Checks = [Promises, Agreement, Quorum, Acknowledged, Monotonic],
            Plants = Acceptor(Seams.Hands(context => context.Without((table, _) => table == PaxosJournal.LogTable))),
        },
        new("vote before the sync", "an acceptor answers a vote that its disk may still lose",
            "any acceptor that hands its write to a thread and goes on; Paxos Made Simple, section 2.3")
        {
            Checks = [Promises, Agreement, Quorum, Acknowledged],
            Plants = Acceptor((right, context) => Props.Create(() => new EagerAcceptor<Accept>(right, context))),
        },
        new("promise before the sync", "an acceptor answers a promise that its disk may still lose",
            "the same, in phase 1: a rejoining acceptor votes for a leader that it had given up")
        {
            Checks = [Promises, OneLeader, Agreement, Quorum],
            Plants = Acceptor((right, context) => Props.Create(() => new EagerAcceptor<Prepare>(right, context))),
        },
        new("promise without the open votes", "a promise leaves out what was voted for and is not known to be decided",
            "Paxos Made Simple, section 2.2, P2c: the heart of phase 1 left out")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Plants = Acceptor(Seams.Hands(context => context.Sending((_, message) => message is Promise promise
                ? promise with { IsLast = true, Entries = [.. promise.Entries.Where(entry => entry.Slot <= promise.Decided)] }
                : message))),
        },
        new("promise without the executed slots", "a promise leaves out what is executed, and says nothing of how far that goes",
            "Paxi deletes executed slots, so a lagging new leader decides slot 0 twice")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Plants = Acceptor(Seams.Hands(context => context.Sending((_, message) => message is Promise promise ? Paxis(promise) : message))),
        },
        new("promise without its slots", "a promise lists its votes without their slots, so the candidate numbers them one after the other",
            "Paxi's HPaxos answers phase 1 without the slot")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Seeds = 200,
            Plants = Acceptor(Seams.Hands(context => context.Sending((_, message) => message is Promise promise ? promise with
            {
                Entries = [.. promise.Entries.Select((entry, index) => entry with { Slot = promise.FirstSlot + index })],
            }
            : message))),
        },
        new("vote below the promise", "an acceptor votes in a ballot below the one that it has promised",
            "Paxos Made Simple, section 2.2, P1a; Paxi's EPaxos ignores ballots altogether")
        {
            Checks = [Promises],
            Plants = Acceptor((right, context) => Props.Create(() => new LaxAcceptor(right, context))),
        },
        new("watermark taken for another ballot's vote", "a follower that hears of a commit takes its own vote for what was decided, whatever the ballot of that vote",
            "the commit watermark of a new leader against a vote for a command that lost")
        {
            Checks = [Agreement, Quorum, Liveness],
            Plants = Acceptor((right, context) => Props.Create(() => new CredulousFollower(right, context))),
        },
        new("catch-up with undecided votes", "an acceptor that is asked for decided entries adds those that it has merely voted for",
            "logs that are copied without a commit index")
        {
            Checks = [Agreement, Quorum],
            Plants = Acceptor((right, context) => Props.Create(() => new GenerousAcceptor(right, context))),
        },
        new("lease not kept by followers", "an acceptor acknowledges the leader's heartbeats, and while the lease runs agrees to an election and promises another ballot",
            "read leases bolted onto an election that does not know of them; a vote without a pre-vote (Ongaro's thesis, section 9.6)")
        {
            Checks = [Monotonic, Linearizability, Acknowledged],
            Seeds = 1000,
            ReadsByLease = true,
            Plants = Acceptor(Seams.Hands(context => context.WithSettings("lease.duration = 0")))
                .Add(KernelRoles.Detector, (right, context) => Props.Create(() => new AgreeingDetector(right, context))),
        },
    ];

    /// <summary>Whoever asks is told that the leader is missed here too.</summary>
    private sealed class AgreeingDetector(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override void OnReceive(object message)
        {
            if (message is Poll poll)
            {
                Replica.Links.Send(poll.From, new PollAnswer(Replica.Self, poll.Round, true));
            }
            else
            {
                Pass(message);
            }
        }
    }

    private static ImmutableDictionary<string, Plant> Acceptor(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(PaxosRoles.Acceptor, plant);

    /// <summary>Nothing of what is executed, as if it had never been.</summary>
    private static Promise Paxis(Promise promise)
    {
        var unknown = promise.FirstSlot - 1;
        return promise with
        {
            IsLast = true,
            Truncated = unknown,
            Decided = unknown,
            Entries = [.. promise.Entries.Where(entry => entry.Slot > promise.Decided)],
        };
    }

    /// <summary>Tells the acceptor that a write is durable when it is only on its way, where <typeparamref name="T"/> waits for it.</summary>
    private sealed class EagerAcceptor<T>(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override ReplicaContext Change(ReplicaContext context) => context with { Journal = Self };

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Persist { Token: T } persist:
                    Replica.Journal.Tell(persist, Self);
                    Role.Tell(new Persisted(persist.Token), Self);
                    break;
                case Persist persist:
                    Replica.Journal.Tell(persist, Role);
                    break;
                case Persisted:
                    break;
                default:
                    Pass(message);
                    break;
            }
        }
    }

    private sealed class LaxAcceptor : Interposer
    {
        private readonly Votes _votes;

        public LaxAcceptor(RoleDefinition right, ReplicaContext context) : base(right, context) => _votes = new Votes(context);

        protected override ReplicaContext Change(ReplicaContext context) => context with { Observer = _votes };

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Accept accept when accept.Ballot < _votes.Highest:
                    Replica.Journal.Tell(new Persist([PaxosJournal.Vote(accept.Slot, accept.Ballot, 0, accept.Batch)], accept), Self);
                    break;
                case Persisted { Token: Accept accept }:
                    Replica.Observer.Accepted(Replica.Self, "", accept.Slot, accept.Ballot, accept.Batch);
                    Replica.Links.Send(accept.From, new Accepted(Replica.Self, accept.Ballot, accept.Slot));
                    break;
                default:
                    Pass(message);
                    break;
            }
        }
    }

    private sealed class CredulousFollower : Interposer
    {
        private readonly Votes _votes;
        private long _next;

        public CredulousFollower(RoleDefinition right, ReplicaContext context) : base(right, context)
        {
            _votes = new Votes(context);
            _next = _votes.First;
        }

        protected override ReplicaContext Change(ReplicaContext context) => context with { Observer = _votes };

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Accept accept when accept.From != Replica.Self:
                    Believe(accept.Commit);
                    break;
                case Commit commit when commit.From != Replica.Self:
                    Believe(commit.Slot);
                    break;
            }

            Pass(message);
        }

        private void Believe(long commit)
        {
            foreach (var vote in _votes.From(_next).TakeWhile(vote => vote.Slot <= commit))
            {
                Replica.Role(PaxosRoles.Learner).Tell(new Learn(vote.Slot, vote.Ballot, vote.Batch, IsOwn: false), Role);
                _next = vote.Slot + 1;
            }
        }
    }

    private sealed class GenerousAcceptor(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly Votes _votes = new(context);

        protected override ReplicaContext Change(ReplicaContext context) => (context with { Observer = _votes })
            .Sending((_, message) => message is CatchUpEntries entries ? Add(entries) : message);

        private CatchUpEntries Add(CatchUpEntries told)
        {
            IReadOnlyList<LogEntry> entries = [.. told.Entries, .. _votes.From(told.Entries.Count > 0 ? told.Entries[^1].Slot + 1 : told.Decided + 1)];
            return told with { Entries = entries, Decided = entries.Count > 0 ? entries[^1].Slot : told.Decided };
        }
    }
}
