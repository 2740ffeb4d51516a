using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong reads outside the log.</summary>
internal static class ReaderBugs
{
    private static readonly ImmutableArray<string> s_stale = [Monotonic, Linearizability];

    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("leader read without a lease", "a replica answers leader reads for as long as it believes to lead",
            "Paxi's read mode `leader`; etcd before 3.0 and others, as Jepsen found: a deposed leader answers from the past")
        {
            Checks = s_stale,
            ReadsByLease = true,
            Seeds = 300,
            Plants = Reader((right, context) => Props.Create(() => new TrustingReader(right, context))),
        },
        new("lease that ignores drift", "the leader counts on its lease for as long as the followers grant it, each on its own clock",
            "Gray and Cheriton, Leases (1989), section 5: clocks that run apart")
        {
            Checks = s_stale,
            ReadsByLease = true,
            Seeds = 10000,
            Plants = Role(KernelRoles.Detector, Seams.Hands(context => context.WithSettings("lease.max-drift = 0"))),
        },
        new("lease by the wall clock", "the leader looks at the time of day to tell whether its lease runs",
            "a clock that is set back while a lease runs")
        {
            Checks = s_stale,
            ReadsByLease = true,
            Seeds = 1000,
            Plants = Reader((right, context) => Props.Create(() => new WallClockReader(right, context))),
        },
        new("lease read before the barrier", "a new leader answers reads before it has executed what its predecessors may have decided",
            "Ongaro's thesis, section 6.4: a leader commits a no-op of its term before it answers reads")
        {
            Checks = s_stale,
            ReadsByLease = true,
            Seeds = 500,
            Plants = Reader((right, context) => Props.Create(() => new ReaderOf(right, context, WithoutBarrier))),
        },
        new("quorum read without the rinse", "a quorum read is answered from the present state, without waiting for the highest slot that the quorum reported",
            "Charapko et al., Linearizable Quorum Reads in Paxos (2019), section 3: the rinse left out")
        {
            Checks = s_stale,
            Plants = Reader((right, context) => Props.Create(() => new ReaderOf(right, context, WithoutSlot))),
        },
        new("quorum read of one", "a quorum read is content with one answer",
            "reads from any replica, as a register that is read without a quorum (Attiya et al. 1995)")
        {
            Checks = s_stale,
            Plants = Reader(Seams.Hands(context => context with { Quorums = new UncheckedQuorums(context.Quorums, votes => !votes.IsEmpty, phase2: null) })),
        },
        new("quorum read that asks once", "a quorum read asks its acceptors once, and waits for ever for the one that does not answer",
            "Paxi's quorum-read client hangs when one replica errs")
        {
            Checks = [Liveness],
            Plants = Reader(Seams.Hands(context => context.WithSettings("retransmit-interval = 600s\nelection-timeout = 600s"))),
        },
    ];

    private static ImmutableDictionary<string, Plant> Role(string role, Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(role, plant);

    private static ImmutableDictionary<string, Plant> Reader(Plant plant) => Role(PaxosRoles.Reader, plant);

    private static object WithoutBarrier(object message) => message is LeadershipWon won ? won with { Barrier = 0 } : message;

    private static object WithoutSlot(object message) => message is ReadAnswer answer ? answer with { Slot = 0 } : message;

    private sealed class ReaderOf(RoleDefinition right, ReplicaContext context, Func<object, object> read) : Interposer(right, context)
    {
        protected override void OnReceive(object message) => Pass(read(message));
    }

    private sealed class TrustingReader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override void OnReceive(object message)
        {
            Pass(message is LeaseExtended extended ? extended with { Until = TimeSpan.MaxValue } : message);
            if (message is LeadershipWon won)
            {
                Role.Tell(new LeaseExtended(won.Ballot, TimeSpan.MaxValue), Self);
            }
        }
    }

    private sealed class WallClockReader(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private Ballot _ballot;
        private DateTimeOffset _until;

        private static IScheduler Clock => Context.System.Scheduler;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case LeaseExtended extended:
                    _ballot = extended.Ballot;
                    _until = Clock.Now + (extended.Until - Clock.MonotonicClock);
                    break;
                case ReadRequests { Mode: ReadMode.Leader }:
                    Role.Tell(new LeaseExtended(_ballot, Clock.Now < _until ? TimeSpan.MaxValue : TimeSpan.MinValue), Self);
                    break;
            }

            Pass(message);
        }
    }
}
