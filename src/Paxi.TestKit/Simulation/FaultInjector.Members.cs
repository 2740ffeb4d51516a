using Paxi.Actors;
using Paxi.Actors.Epochs;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <content>Replicas that join and leave.</content>
public sealed partial class FaultInjector
{
    /// <summary>A change that was refused, or that nobody was there to ask for, is asked for again after this.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(250);

    private void ChangeMembers(MembersEvent fault)
    {
        Count(fault);
        var zone = _cluster.Replicas.Where(replica => replica.Zone == fault.Replica.Zone).ToArray();
        switch (fault.Change)
        {
            case MembersChange.ZoneJoins:
                _cluster.StartSpares();
                Ask([.. _cluster.Spares], [], World.Now + fault.For);
                return;
            case MembersChange.ZoneLeaves:
                Leave(fault, zone);
                return;
            case MembersChange.RemoveCrashed:
                Crash(fault.Replica, fault.For, tears: false);
                break;
            case MembersChange.Dies:
                Crash(fault.Replica, fault.For, tears: false);
                Return(fault, [fault.Replica]);
                return;
            case MembersChange.IsCutOff:
                CutLinks(fault.For, [fault.Replica], [.. _cluster.Started.Where(replica => replica != fault.Replica)], CutDirection.Both);
                Return(fault, [fault.Replica]);
                return;
        }

        Leave(fault, [fault.Replica]);
    }

    private void Leave(MembersEvent fault, ReplicaId[] who)
    {
        Ask([], who, World.Now + fault.For);
        Return(fault, who);
    }

    private void Return(MembersEvent fault, ReplicaId[] who)
    {
        if (fault.Returns)
        {
            After(fault.For, () => Ask(who, [], World.Now + fault.For));
        }
    }

    /// <summary>Asks a voter that runs and stays; an answer that never comes, because that one dies, is not waited for.</summary>
    private void Ask(ReplicaId[] add, ReplicaId[] remove, TimeSpan until)
    {
        var voters = _cluster.Epochs.Newest.Voters.Where(voter => !remove.Contains(voter) && _cluster.Node(voter) is { IsUp: true, System.IsPaused: false }).ToArray();
        if (voters.Length == 0)
        {
            Again(add, remove, until);
            return;
        }

        _cluster.AskToChange(voters[_members.Next(voters.Length)], add, remove, answer =>
        {
            if (answer.Error is null)
            {
                _cluster.Coverage["members changed"]++;
            }
            else
            {
                _cluster.Coverage["changes of members refused or taken back"]++;
                Again(add, remove, until);
            }
        });
    }

    private void Again(ReplicaId[] add, ReplicaId[] remove, TimeSpan until) => After(s_again, () =>
    {
        if (World.Now < until)
        {
            Ask(add, remove, until);
        }
    });
}
