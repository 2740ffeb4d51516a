using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;
using Paxi.Protocols.PaxosGroups;
using Paxi.Protocols.WPaxos;

namespace Paxi.Protocols;

/// <summary>Every protocol there is; one line each.</summary>
public static class ProtocolList
{
    public static IReadOnlyList<IProtocol> All { get; } =
    [
        new PaxosProtocol(),
        WPaxosProtocol.WPaxos,
        WPaxosProtocol.M2Paxos,
        WPaxosProtocol.KPaxos,
        new PaxosGroupsProtocol(),
    ];

    /// <exception cref="ArgumentException">No protocol has that name; the message lists those there are.</exception>
    public static IProtocol Find(string name)
    {
        foreach (var protocol in All)
        {
            if (protocol.Name == name)
            {
                return protocol;
            }
        }

        throw new ArgumentException($"algorithm = {name} is unknown; it may be {string.Join(", ", All.Select(protocol => protocol.Name))}");
    }
}
