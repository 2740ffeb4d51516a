using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>
/// Orders nothing; passes each command along the path that its body is, one digit for the place of each replica among the members, and answers it at the end of the path. To test how gateways pass
/// parts of requests on.
/// </summary>
public sealed class PassingProtocol : IProtocol
{
    /// <summary>What each replica was to propose.</summary>
    public List<(ReplicaId Replica, ReplicaId Asked, byte Hops, int Count)> Proposed { get; } = [];

    public string Name => "passing";

    public ProtocolPromises Promises { get; } = new(Linearizable: false, [ReadMode.Log], Transactions: false);

    public IReadOnlyList<RoleDefinition> Roles => [new RoleDefinition("passer", context => Props.Create(() => new Passer(context, Proposed)))];

    public string ProposerRole => "passer";

    public bool ProposesAnywhere => true;

    public string ReaderRole => "passer";

    public QuorumSystem CreateQuorums(ImmutableArray<ReplicaId> members, Config settings) => QuorumSystem.Majority(members);

    public void Validate(ReplicaContext context)
    {
    }

    public void RegisterMessages(WireRegistry registry)
    {
    }

    private sealed class Passer(ReplicaContext context, List<(ReplicaId, ReplicaId, byte, int)> proposed) : ReceiveActor
    {
        protected override bool AroundReceive(Receive receive, object message)
        {
            if (message is Propose propose)
            {
                proposed.Add((context.Self, propose.Asked, propose.Hops, propose.Batch.Count));
                Take(propose);
            }
            else if (message is StatusQuery)
            {
                Sender.Tell(new RoleStatus("passer", []));
            }

            return true;
        }

        private void Take(Propose propose)
        {
            var answers = new ResultBlocks(1);
            var passed = new SortedDictionary<ReplicaId, List<Batch>>();
            for (var reader = new BatchReader(propose.Batch); reader.NextBlock();)
            {
                answers.Begin(reader.Session);
                while (reader.NextCommand())
                {
                    if (reader.Body.Length <= propose.Hops + 1)
                    {
                        answers.Add(reader.Sequence, CommandStatus.Done, reader.Body.Span);
                        continue;
                    }

                    var to = context.Members[reader.Body.Span[propose.Hops + 1] - (byte)'0'];
                    var part = BatchWriter.Block(reader.Session, reader.Lowest, [(reader.Sequence, reader.Body)]);
                    (passed.TryGetValue(to, out var parts) ? parts : passed[to] = []).Add(part);
                }
            }

            var gateway = context.Role(KernelRoles.Gateway);
            gateway.Tell(new Executed(1, default, 1, answers.ToBlocks()));
            foreach (var (to, parts) in passed)
            {
                gateway.Tell(new PassOn(to, propose.Asked, propose.Hops, BatchWriter.Join(parts)));
            }
        }
    }
}
