using System.Collections.Immutable;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Paxi.TestKit.Simulation;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>Wrong changes of the members.</summary>
internal static class EpochBugs
{
    private static readonly PaxosProtocol s_paxos = new();

    public static ImmutableArray<PlantedBug> All { get; } =
    [
        new("an epoch without the joint step", "while the members change the new ones count alone, and nobody waits for what the old ones had decided",
            "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014), section 6: old and new majorities decide apart")
        {
            Checks = LostCommand,
            ChangesMembers = true,
            Seeds = 300,
            Plants = s_paxos.Roles.ToImmutableDictionary(static role => role.Name, static role => role.Name == PaxosRoles.Sync
                ? (right, context) => Props.Create(() => new HastySync(right, context))
                : Seams.Hands(NewVotersAlone)),
        },
        new("a new member that counts at once", "who joins is taken for caught up when it has started",
            "Ongaro's thesis, section 4.2: a server that has no log yet is a vote for forgetting")
        {
            Checks = LostCommand,
            ChangesMembers = true,
            Options = Runs.Busy,
            Seeds = 3000,
            Plans = new PlanChange(
                "a zone joins while one replica does not hear the two that decide, and those lose power just after", JoinAndForget),
            Plants = ImmutableDictionary<string, Plant>.Empty.Add(PaxosRoles.Sync, (right, context) => Props.Create(() => new HastySync(right, context))),
        },
    ];

    private static ReplicaContext NewVotersAlone(ReplicaContext context) => !context.Epoch.IsJoint || !context.Epoch.Voters.Contains(context.Self)
        ? context
        : context with { Quorums = s_paxos.CreateQuorums(context.Epoch.Voters, context.Settings), OldQuorums = s_paxos.CreateQuorums(context.Epoch.Voters, context.Settings) };

    /// <summary>Two replicas decide without the third; a zone of three joins; the two lose power. The third and the new ones are a majority then.</summary>
    private static FaultPlan? JoinAndForget(FaultPlan plan)
    {
        var random = new SeededRandom((ulong)plan.Events.Length + (ulong)(plan.Conditions.Loss * 1e9) + (ulong)(plan.Conditions.DiskDelay.ToString().Length * 7919));
        ReplicaId[] all = [new(1, 1), new(1, 2), new(1, 3)];
        var third = random.Next(all.Length);
        ImmutableArray<ReplicaId> two = [.. all.Where((_, index) => index != third)];
        var join = TimeSpan.FromMilliseconds(1_500 + random.Next(1_000));
        return plan with
        {
            Conditions = Conditions.Calm,
            Settings = "",
            Events =
            [
                new PartitionEvent(join - TimeSpan.FromMilliseconds(1_200), TimeSpan.FromSeconds(8), [all[third]], two, CutDirection.Both),
                new MembersEvent(join, TimeSpan.FromMilliseconds(500), MembersChange.ZoneJoins, all[0], Returns: false),
                new PowerCutEvent(join + TimeSpan.FromMilliseconds(5 + random.Next(200)), TimeSpan.FromSeconds(5), two, TimeSpan.Zero),
            ],
        };
    }

    /// <summary>Says at once that everything is there.</summary>
    private sealed class HastySync(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override void OnReceive(object message)
        {
            if (message is RolesStarted)
            {
                Replica.Role(KernelRoles.Epochs).Tell(new Synced(Replica.Epoch.Number), Self);
            }

            Pass(message);
        }
    }
}
