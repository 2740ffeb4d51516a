using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Journal;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong learners: execution, snapshots, catch-up.</summary>
internal static class LearnerBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("execution past a gap", "a slot is executed although the one before it is not known",
            "Paxi's EPaxos executes without regard to what comes first")
        {
            Checks = [Prefix],
            Plants = Learner((right, context) => Props.Create(() => new LeapingLearner(right, context)))
                .Add(PaxosRoles.Leader, (right, context) => Props.Create(() => new UnorderedLeader(right, context))),
        },
        new("no catch-up", "a learner that lacks something asks nobody",
            "Paxi has no catch-up: a replica that missed a commit stays behind")
        {
            Checks = [Liveness],
            Plants = Learner(Seams.Hands(context => context.Sending((_, message) => message is CatchUp or SnapshotRequest ? null : message))),
        },
        new("log cut before the snapshot is durable", "the acceptor drops its log when the snapshot's first part is on its way to the disk",
            "Ongaro, Consensus: Bridging Theory and Practice, section 5.1: the log goes only after the snapshot is on disk")
        {
            Checks = [Liveness, Prefix, Acknowledged],
            Options = Runs.One,
            Seeds = 1000,
            Plants = Learner((right, context) => Props.Create(() => new EarlyCutter(right, context))),
        },
        new("torn snapshot", "the record that makes a snapshot count is written before its parts",
            "a rename before the file's content is synced: after a crash the snapshot has holes")
        {
            Checks = [RolesFail, Snapshots],
            Seeds = 300,
            Plants = Learner((right, context) => Props.Create(() => new HeaderFirst(right, context))),
        },
    ];

    private static ImmutableDictionary<string, Plant> Learner(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(PaxosRoles.Learner, plant);

    /// <summary>Tells its learner of each slot as soon as a quorum has voted for it, whatever is missing before it.</summary>
    private sealed class UnorderedLeader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly Dictionary<(Ballot, long), (Batch Batch, VoteSet Votes)> _proposed = [];

        protected override ReplicaContext Change(ReplicaContext context) => context.Sending((_, message) =>
        {
            if (message is Accept accept)
            {
                _proposed.TryAdd((accept.Ballot, accept.Slot), (accept.Batch, VoteSet.Empty));
            }

            return message;
        });

        protected override void OnReceive(object message)
        {
            Pass(message);
            if (message is Accepted accepted && _proposed.TryGetValue((accepted.Ballot, accepted.Slot), out var known))
            {
                var votes = known.Votes.With(Replica.Quorums.IndexOf(accepted.From));
                _proposed[(accepted.Ballot, accepted.Slot)] = known with { Votes = votes };
                if (Replica.Quorums.IsPhase2Quorum(votes))
                {
                    Replica.Role(PaxosRoles.Learner).Tell(new Learn(accepted.Slot, accepted.Ballot, known.Batch, IsOwn: true), Role);
                }
            }
        }
    }

    /// <summary>
    /// The learner behind executes one slot after the other, so this one hands it what stands behind a gap under the number that is next, and reports the number
    /// that it really has.
    /// </summary>
    private sealed class LeapingLearner : Interposer
    {
        private readonly Numbers _numbers;
        private long _passed;

        public LeapingLearner(RoleDefinition right, ReplicaContext context) : base(right, context) => _numbers = new Numbers(context.Observer);

        protected override ReplicaContext Change(ReplicaContext context) => context with { Observer = _numbers };

        protected override void OnReceive(object message)
        {
            if (message is not Learn learn)
            {
                Pass(message);
                return;
            }

            var next = Math.Max(_passed, _numbers.Last) + 1;
            if (learn.Slot > next)
            {
                _numbers.Real[next] = learn.Slot;
                Pass(learn with { Slot = next });
            }
            else
            {
                Pass(learn);
            }

            _passed = Math.Max(_passed, learn.Slot);
        }

        private sealed class Numbers(IReplicaObserver right) : ObserverTap(right)
        {
            public Dictionary<long, long> Real { get; } = [];

            public long Last { get; private set; }

            public override void Decided(ReplicaId replica, string log, long slot, Batch batch) =>
                base.Decided(replica, log, Real.GetValueOrDefault(slot, slot), batch);

            public override void Executed(ReplicaId replica, string log, long slot, Batch batch)
            {
                Last = Real.GetValueOrDefault(slot, slot);
                base.Executed(replica, log, Last, batch);
            }

            public override void Restored(ReplicaId replica, string log, long slot)
            {
                Last = slot;
                base.Restored(replica, log, slot);
            }
        }
    }

    private sealed class EarlyCutter(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private long _cut;

        protected override ReplicaContext Change(ReplicaContext context) => context with { Journal = Self };

        protected override void OnReceive(object message)
        {
            if (message is not Persist persist)
            {
                Pass(message);
                return;
            }

            Replica.Journal.Tell(persist, Role);
            if (persist.Writes[0] is { Table: PaxosJournal.SnapshotTable } chunk && JournalKey.ToInt64(chunk.Key.Span) is var slot && slot > _cut)
            {
                _cut = slot;
                Replica.Role(PaxosRoles.Acceptor).Tell(new SnapshotDurable(slot), Role);
            }
        }
    }

    private sealed class HeaderFirst(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private readonly List<JournalWrite> _chunks = [];

        protected override ReplicaContext Change(ReplicaContext context) => context with { Journal = Self };

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Persist { Writes: [{ Table: PaxosJournal.SnapshotTable } chunk] } persist:
                    _chunks.Add(chunk);
                    Role.Tell(new Persisted(persist.Token), Self);
                    break;
                case Persist persist:
                    Replica.Journal.Tell(persist, Self);
                    break;
                case Persisted persisted:
                    foreach (var chunk in _chunks)
                    {
                        Replica.Journal.Tell(new Persist([chunk], this), ActorRefs.NoSender);
                    }

                    _chunks.Clear();
                    Role.Tell(persisted, Self);
                    break;
                default:
                    Pass(message);
                    break;
            }
        }
    }
}
