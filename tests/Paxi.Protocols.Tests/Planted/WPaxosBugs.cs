using System.Collections.Immutable;
using System.Numerics;
using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Quorums;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Protocols.WPaxos;
using static Paxi.Protocols.Tests.Planted.CheckNames;

namespace Paxi.Protocols.Tests.Planted;

/// <summary>What is wrong with stealing, with the grid, and with transactions.</summary>
internal static class WPaxosBugs
{
    public static ImmutableArray<PlantedBug> All { get; } =
    [
        OfNine("thief that skips what was accepted", "who takes an object over proposes its own commands in slots that acceptors have reported votes for",
            "Ailijiang et al., WPaxos (TPDS 2020), section 3: the new owner first finishes what the old one has begun") with
        {
            Plants = Owners((right, context) => Props.Create(() => new PromiseSkipper(right, context))),
        },
        OfNine("grid quorums as the paper prints them", "the sets are bounded by what a zone may add to them at most, not by what it must, so two of them may be disjoint",
            "the definition of Q1 and Q2 in WPaxos, section 2.3, taken to the letter: caps per zone and a number of votes") with
        {
            Seeds = 300,
            Quorums = PrintedGrid,
            Plans = new PlanChange("one zone may fail", static plan => plan with { Settings = $"{plan.Settings}grid.fz = 1\ngrid.rows = off\n" }),
        },
        OfNine("stealing without the ballot check", "an acceptor promises, and votes, whatever ballot it has promised before",
            "Paxos Made Simple, section 2.2, P1a, for each object; Paxi's EPaxos ignores ballots altogether") with
        {
            Checks = [Promises, OneLeader, .. LostCommand],
            Plants = Acceptor((right, context) => Props.Create(() => new LaxObjectAcceptor(right, context))),
        },
        OfNine("vote of another round counted", "an answer that comes late counts for the newest round too",
            "a late reply matched by its sender alone") with
        {
            Plants = Owners((right, context) => Props.Create(() => new RoundMixer(right, context))),
        },
        OfNine("transaction applied in part", "an object that a committed transaction holds is let go as if the transaction had not been",
            "a two-phase commit whose second phase is lost for one participant (Gray and Lamport, Consensus on Transaction Commit, 2006, section 3)") with
        {
            Checks = [Acknowledged, Monotonic, Linearizability, ExactlyOnce, StatesEqual],
            Seeds = 300,
            Plants = Learner((right, context) => Props.Create(() => new HalfHearted(right, context))),
        },
    ];

    private static PlantedBug OfNine(string name, string what, string origin) => new(name, what, origin)
    {
        Checks = LostCommand,
        Protocol = WPaxosProtocol.WPaxos,
        Options = Runs.Nine,
    };

    private static ImmutableDictionary<string, Plant> Owners(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(WPaxosRoles.Owners, plant);

    private static ImmutableDictionary<string, Plant> Acceptor(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(WPaxosRoles.Acceptor, plant);

    private static ImmutableDictionary<string, Plant> Learner(Plant plant) => ImmutableDictionary<string, Plant>.Empty.Add(WPaxosRoles.Learner, plant);

    /// <summary>
    /// Of l = 3 replicas in each of Z zones, with fz = 1 and fn = 1: phase 1 takes (Z - fz) (fn + 1) votes of which no zone gives more than fn + 1, phase 2 takes (fz + 1) (l - fn) of which
    /// none gives more than l - fn. A quorum that has these votes among others is as good.
    /// </summary>
    private static UncheckedQuorums PrintedGrid(QuorumSystem right)
    {
        const int ZoneFaults = 1;
        const int NodeFaults = 1;
        var zones = right.Members.Select(static member => member.Zone).Distinct().Count();
        var nodes = right.Members.Length / zones;
        return new UncheckedQuorums(
            right,
            votes => Capped(votes, NodeFaults + 1) >= (zones - ZoneFaults) * (NodeFaults + 1),
            votes => Capped(votes, nodes - NodeFaults) >= (ZoneFaults + 1) * (nodes - NodeFaults));

        int Capped(VoteSet votes, int most) =>
            Enumerable.Range(0, zones).Sum(zone => Math.Min(most, BitOperations.PopCount(votes.Bits & (((1UL << nodes) - 1) << (zone * nodes)))));
    }

    /// <summary>Reads no votes out of promises.</summary>
    private sealed class PromiseSkipper(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override void OnReceive(object message) => Pass(message is Promise promise ? promise with { IsLast = true, Votes = [] } : message);
    }

    /// <summary>What the acceptor behind refuses it takes upon itself.</summary>
    private sealed class LaxObjectAcceptor(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        private const int MostAsked = 256;
        private readonly Dictionary<(ReplicaId, ulong, long), Accepts> _rounds = [];
        private readonly Dictionary<(ObjectKey, Ballot), Prepare> _prepares = [];

        protected override ReplicaContext Change(ReplicaContext context)
        {
            var self = Self;
            return context.Sending((to, message) =>
            {
                object? instead = message switch
                {
                    Reject reject => _prepares.GetValueOrDefault((reject.Object, reject.Ballot)),
                    Accepted { Refused.Count: > 0 } accepted when to is { } proposer && _rounds.TryGetValue((proposer, accepted.Start, accepted.Round), out var round) =>
                        new Overruled(accepted, round),
                    _ => null,
                };
                if (instead is not null)
                {
                    self.Tell(instead is Prepare prepare ? new Yielded(prepare) : instead);
                }

                return instead is null ? message : null;
            });
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Yielded(var prepare):
                    Promise(prepare);
                    break;
                case Overruled overruled:
                    Replica.Journal.Tell(new Persist([.. overruled.Votes.Select(WPaxosJournal.Vote)], overruled), Self);
                    break;
                case Persisted { Token: Overruled overruled }:
                    foreach (var (place, batch, _, _) in overruled.Votes)
                    {
                        Replica.Observer.Accepted(Replica.Self, Replica.Observer.LogOf(place.Object), place.Slot, place.Ballot, batch);
                    }

                    Replica.Links.Send(overruled.Round.From, overruled.Accepted with { Refused = [] });
                    break;
                default:
                    Remember(message);
                    Pass(message);
                    break;
            }
        }

        private void Remember(object message)
        {
            if (_rounds.Count + _prepares.Count > MostAsked)
            {
                _rounds.Clear();
                _prepares.Clear();
            }

            switch (message)
            {
                case Accepts accepts:
                    _rounds[(accepts.From, accepts.Start, accepts.Round)] = accepts;
                    break;
                case Prepare prepare:
                    _prepares[(prepare.Object, prepare.Ballot)] = prepare;
                    break;
            }
        }

        /// <summary>With the votes that are durable.</summary>
        private void Promise(Prepare prepare)
        {
            var covered = WPaxosJournal.ReadStates(Replica.Store).Where(state => state.Place.Object == prepare.Object).Select(static state => state.Place.Slot).FirstOrDefault();
            var votes = WPaxosJournal.ReadVotes(Replica.Store)
                .Where(vote => vote.Place.Object == prepare.Object && vote.Place.Slot >= prepare.FirstSlot && vote.Place.Ballot <= prepare.Ballot).Select(static vote => vote.Proposal);
            Replica.Observer.Promised(Replica.Self, Replica.Observer.LogOf(prepare.Object), prepare.Ballot);
            Replica.Links.Send(prepare.From, new Promise(
                Replica.Self, prepare.Object, prepare.Ballot, prepare.FirstSlot, IsLast: true, covered, covered, [.. votes]));
        }

        private sealed record Yielded(Prepare Prepare);

        private sealed record Overruled(Accepted Accepted, Accepts Round)
        {
            public IEnumerable<Proposal> Votes => Accepted.Refused.Select(refused => Round.Proposals[refused.Index]);
        }
    }

    private sealed class RoundMixer(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        /// <summary>Null before the first.</summary>
        private Accepts? _newest;

        protected override ReplicaContext Change(ReplicaContext context) => context.Sending((_, message) =>
        {
            _newest = message is Accepts accepts && accepts.Round > (_newest?.Round ?? 0) ? accepts : _newest;
            return message;
        });

        protected override void OnReceive(object message)
        {
            Pass(message);
            if (message is Accepted accepted && _newest is { } newest && accepted.Start == newest.Start && accepted.Round < newest.Round)
            {
                Pass(accepted with { Round = newest.Round, Refused = [] });
            }
        }
    }

    /// <summary>A release is taken for the end of a transaction that was not committed.</summary>
    private sealed class HalfHearted(RoleDefinition right, ReplicaContext context) : Interposer(right, context)
    {
        protected override void OnReceive(object message) => Pass(message is Learn learn ? learn with { Proposals = [.. learn.Proposals.Select(Forget)] } : message);

        private static Proposal Forget(Proposal proposal) => proposal.Share is { Kind: ShareKind.Release } share
            ? proposal with { Share = share.Of(ShareKind.Abandon) }
            : proposal;
    }
}
