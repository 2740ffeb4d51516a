using Akka.Configuration;
using Paxi.Actors.Quorums;
using Paxi.Protocols.Paxos;
using static Paxi.Protocols.OptionReader;

namespace Paxi.Protocols.PaxosGroups;

/// <summary>The settings of Paxos groups, from the section <c>paxi</c>; each is described in <c>reference.conf</c>.</summary>
public sealed record PaxosGroupsOptions
{
    /// <summary>How many groups there are; 0: one for each zone.</summary>
    public required int Groups { get; init; }

    /// <summary>Replicas of a group; 0: all.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Of each group. Bounds of commands and sessions are those of one group.</summary>
    public required PaxosOptions Paxos { get; init; }

    /// <exception cref="ArgumentException">A value is out of range: the one line to show.</exception>
    public static PaxosGroupsOptions Create(Config paxi)
    {
        var paxos = PaxosOptions.Create(paxi);
        return new PaxosGroupsOptions
        {
            Groups = Whole(paxi, "groups", 0, GroupMap.MaxGroups),
            GroupSize = Whole(paxi, "group-size", 0, VoteSet.MaxMembers),

            // A client does not know the groups, so it cannot open a session in each that it will need.
            Paxos = paxos with { Sessions = paxos.Sessions with { OpensByUse = true } },
        };
    }

    /// <summary>The options of a group when there are that many: all tables of results together are as large as the one of paxos.</summary>
    internal PaxosOptions OfOne(int groups) =>
        Paxos with { Sessions = Paxos.Sessions with { MaxResultBytes = Math.Max(Paxos.Sessions.MaxResultBytes / groups, Paxos.Sessions.MaxSessionResultBytes) } };
}
