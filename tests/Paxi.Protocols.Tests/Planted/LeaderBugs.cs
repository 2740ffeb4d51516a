using System.Buffers;
using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong leaders, and wrong quorums.</summary>
internal static class LeaderBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("quorums that do not intersect", "phase 1 is content with one promise less than it needs",
            "n / 2 where n / 2 + 1 is meant; flexible quorums without a check of their sizes")
        {
            Checks = [Agreement, Quorum, Acknowledged, Monotonic],
            Quorums = right => new UncheckedQuorums(right, votes => IsAlmost(right, votes), phase2: null),
        },
        new("one acceptor counted twice", "a second copy of a vote counts as the vote of somebody else",
            "a counter where a set is meant, and a network that duplicates")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Options = Runs.Five,
            Plants = Leader((right, context) => Props.Create(() => new CountingLeader(right, context))),
        },
        new("votes of an earlier ballot counted", "a vote that was cast in another ballot of the same leader counts for the present one",
            "a late reply matched by its slot alone")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Seeds = 1000,
            Plants = Leader((right, context) => Props.Create(() => new ForgivingLeader(right, context))),
        },
        new("own commands where phase 1 reported votes", "a new leader fills slots with its clients' commands although acceptors have reported votes there",
            "Paxos Made Simple, section 2.2, P2c")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Plants = Leader((right, context) => Props.Create(() => new PromiseReader(right, context, Unread))),
        },
        new("vote of the lowest ballot taken", "of several votes for a slot a new leader takes that of the lowest ballot",
            "Paxos Made Simple, section 2.2, P2c: it must be the highest")
        {
            Checks = [Agreement, Quorum, Acknowledged],
            Seeds = 300,
            Plants = Leader((right, context) => Props.Create(() => new PromiseReader(right, context, Reversed))),
        },
        new("ballot used before it is durable", "a candidate does not wait for its own acceptor's promise, so after a restart it may take the same ballot again",
            "Lamport, Paxos Made Simple, section 2.4: a proposer remembers the highest number that it has tried")
        {
            Checks = [OneLeader, OneValue, Promises],
            Seeds = 1000,
            Plants = Leader((right, context) => Props.Create(() => new HastyCandidate(right, context))),
        },
        new("another batch on retransmission", "what is sent again for a slot is the batch proposed last",
            "a buffer that is used again before its last reader is done")
        {
            Checks = [OneValue, Agreement, Quorum, RolesFail],
            Plants = Leader(Seams.Hands(static context => Retransmitting(context))),
        },
        new("answer before the votes", "the leader executes and answers a command before a quorum has it",
            "asynchronous replication sold as synchronous")
        {
            Checks = [Acknowledged, Monotonic, Linearizability],
            Plants = Leader((right, context) => Props.Create(() => new HastyLeader(right, context))),
        },
        new("unknown told as failed", "a leader that loses its ballot tells its clients that what is under way has failed",
            "Kingsbury's Jepsen reports, again and again: a time-out or a lost leadership reported as an error that means no")
        {
            Checks = [Failed],
            Plants = Leader((right, context) => Props.Create(() => new CertainLeader(right, context))),
        },
        new("gaps never filled", "a new leader proposes no no-op for a slot that nobody has voted in",
            "Paxi fills no gap, so nothing behind one is ever executed")
        {
            Seeds = 300,
            Checks = [Liveness],
            Plants = Leader(Seams.Hands(context => context.Sending((_, message) => message is Accept { Batch.IsNoOp: true } ? null : message))),
        },
        new("no retransmission", "phase 2 is sent once",
            "Paxi sends everything once; a lost message stops its slot for ever")
        {
            Checks = [Liveness],
            Plants = Leader(Seams.Hands(static context => Once(context))),
        },
        new("no election", "the first leader leads for ever; nobody stands when it is gone",
            "Paxi has no heartbeats and no election: followers forward to a dead leader for ever")
        {
            Checks = [Liveness],
            Plants = Leader((right, context) => Props.Create(() => new LoyalFollower(right, context))),
        },
    ];

    private static ImmutableDictionary<string, Plant> Leader(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(PaxosRoles.Leader, plant);

    /// <summary>Whether these votes are a phase-1 quorum or lack one vote.</summary>
    private static bool IsAlmost(QuorumSystem right, VoteSet votes) =>
        right.IsPhase1Quorum(votes) || Enumerable.Range(0, right.Members.Length).Any(member => right.IsPhase1Quorum(votes.With(member)));

    private static Promise Unread(Promise promise) => promise with { IsLast = true, Entries = [] };

    /// <summary>The ballots in reverse order, so that the highest is the lowest.</summary>
    private static Promise Reversed(Promise promise) => promise with
    {
        Entries = [.. promise.Entries.Select(entry => entry with { Ballot = Ballot.FromPacked(promise.Ballot.Packed - entry.Ballot.Packed) })],
    };

    private static ReplicaContext Retransmitting(ReplicaContext context)
    {
        var first = new HashSet<(Ballot, long)>();
        var newest = Batch.NoOp;
        return context.Sending((to, message) =>
        {
            if (message is not Accept accept || to == context.Self)
            {
                return message;
            }

            if (first.Add((accept.Ballot, accept.Slot)))
            {
                newest = accept.Batch;
            }

            return accept with { Batch = newest };
        });
    }

    private static ReplicaContext Once(ReplicaContext context)
    {
        var sent = new HashSet<(Ballot, long, ReplicaId)>();
        return context.Sending((to, message) => message is Accept accept && !Add(accept, to) ? null : message);

        bool Add(Accept accept, ReplicaId? to)
        {
            var isNew = false;
            foreach (var member in context.Members.Where(member => to is null ? member != context.Self : member == to))
            {
                isNew |= sent.Add((accept.Ballot, accept.Slot, member));
            }

            return isNew;
        }
    }

    private sealed class CountingLeader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly HashSet<(Ballot, long, ReplicaId)> _counted = [];

        protected override void OnReceive(object message)
        {
            if (message is Accepted accepted && !_counted.Add((accepted.Ballot, accepted.Slot, accepted.From)))
            {
                var other = Replica.Members.FirstOrDefault(member => _counted.Add((accepted.Ballot, accepted.Slot, member)), accepted.From);
                Pass(accepted with { From = other });
                return;
            }

            Pass(message);
        }
    }

    private sealed class ForgivingLeader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly LedTap _led = new(context.Observer);

        protected override ReplicaContext Change(ReplicaContext context) => context with { Observer = _led };

        protected override void OnReceive(object message) => Pass(message is Accepted accepted ? accepted with { Ballot = _led.Ballot } : message);
    }

    private sealed class LedTap(IReplicaObserver right) : ObserverTap(right)
    {
        public Ballot Ballot { get; private set; }

        public override void Led(ReplicaId replica, string log, Ballot ballot)
        {
            Ballot = ballot;
            base.Led(replica, log, ballot);
        }
    }

    /// <summary>Reads promises otherwise than they were meant.</summary>
    private sealed class PromiseReader(RoleDefinition right, ReplicaContext context, Func<Promise, Promise> read) : Interposer(right, context)
    {
        protected override void OnReceive(object message) => Pass(message is Promise promise ? read(promise) : message);
    }

    private sealed class HastyCandidate(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override ReplicaContext Change(ReplicaContext context)
        {
            var self = Self;
            return context.Sending((to, message) =>
            {
                if (message is Prepare prepare && to == context.Self)
                {
                    self.Tell(Own(prepare));
                }

                return message;
            });
        }

        /// <summary>What the own acceptor would answer, with the votes that are durable now; its promise is not.</summary>
        private Promise Own(Prepare prepare)
        {
            var votes = PaxosJournal.ReadAcceptor(Replica.Store).Entries.Where(entry => entry.Slot >= prepare.FirstSlot && entry.Ballot < prepare.Ballot);
            return new Promise(Replica.Self, prepare.Ballot, prepare.FirstSlot, IsLast: true, 0, prepare.FirstSlot - 1, [.. votes]);
        }
    }

    private sealed class HastyLeader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly KeyValueStore _store = new();
        private readonly ArrayBufferWriter<byte> _result = new();

        protected override void OnReceive(object message)
        {
            if (message is Propose propose)
            {
                Replica.Role(KernelRoles.Gateway).Tell(new Executed(0, Ballot.Zero, 0, Execute(propose.Batch)), Self);
            }

            Pass(message);
        }

        private ResultBlock[] Execute(Batch batch)
        {
            var results = new ResultBlocks(batch.Count);
            for (var reader = new BatchReader(batch); reader.NextBlock();)
            {
                results.Begin(reader.Session);
                while (reader.NextCommand())
                {
                    _result.ResetWrittenCount();
                    if (!reader.Body.IsEmpty)
                    {
                        _store.Execute(reader.Body.Span, _result);
                    }

                    results.Add(reader.Sequence, CommandStatus.Done, _result.WrittenSpan);
                }
            }

            return results.ToBlocks();
        }
    }

    private sealed class CertainLeader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private const int MostUnderWay = 16;
        private readonly Queue<Batch> _proposed = [];

        protected override void OnReceive(object message)
        {
            Pass(message);
            switch (message)
            {
                case Propose propose:
                    _proposed.Enqueue(propose.Batch);
                    if (_proposed.Count > MostUnderWay)
                    {
                        _proposed.Dequeue();
                    }

                    break;
                case Reject or BallotRaised:
                    while (_proposed.TryDequeue(out var batch))
                    {
                        Replica.Role(KernelRoles.Gateway).Tell(new ProposalRefused(batch, RefusalReason.Unsupported, null), Role);
                    }

                    break;
            }
        }
    }

    private sealed class LoyalFollower(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private bool _mayStand;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case AcceptorReady ready:
                    _mayStand = ready.IsNew;
                    break;
                case LeaderHeard:
                    _mayStand = false;
                    break;
                case ElectionDue when !_mayStand:
                case LeaderSuspected or ContactLost:
                    return;
            }

            Pass(message);
        }
    }
}
