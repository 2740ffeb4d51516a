using Paxi.Actors.Wire;

namespace Paxi.Protocols.WPaxos;

/// <summary>The binary forms of the messages: here the list of them, in a file for each role the ones that it takes. The sender is not written: the envelope has it.</summary>
internal static partial class WPaxosWire
{
    /// <summary>How many digests a table of objects has: <see cref="TableDigests"/>.</summary>
    public const int Buckets = 256;

    private const byte FirstTag = 64;

    /// <summary>The fewest bytes of a place: an empty object, a ballot, a slot.</summary>
    private const int LeastPlace = 10;

    /// <summary>The fewest bytes of a proposal: a place, a no-op, no share.</summary>
    private const int LeastProposal = LeastPlace + 4;

    public static void Register(WireRegistry registry)
    {
        registry.Register(FirstTag, WPaxosRoles.Acceptor, WritePrepare, ReadPrepare);
        registry.Register(FirstTag + 1, WPaxosRoles.Owners, WritePromise, ReadPromise);
        registry.Register(FirstTag + 2, WPaxosRoles.Owners, WriteReject, ReadReject);
        registry.Register(FirstTag + 3, WPaxosRoles.Acceptor, WriteAccepts, ReadAccepts);
        registry.Register(FirstTag + 4, WPaxosRoles.Owners, WriteAccepted, ReadAccepted);
        registry.Register(FirstTag + 5, WPaxosRoles.Acceptor, WriteCommits, ReadCommits);
        registry.Register(FirstTag + 6, WPaxosRoles.Acceptor, WriteDecided, ReadDecided);
        registry.Register(FirstTag + 7, WPaxosRoles.Learner, WriteStateRequest, ReadStateRequest);
        registry.Register(FirstTag + 8, WPaxosRoles.Learner, WriteObjectState, ReadObjectState);
        registry.Register(FirstTag + 9, WPaxosRoles.Peers, WriteBeat, ReadBeat);
        registry.Register(FirstTag + 10, WPaxosRoles.Learner, WriteTableRequest, ReadTableRequest);
        registry.Register(FirstTag + 11, WPaxosRoles.Learner, WriteTableDigests, ReadTableDigests);
        registry.Register(FirstTag + 12, WPaxosRoles.Learner, WriteTableEntries, ReadTableEntries);
        registry.Register(FirstTag + 13, WPaxosRoles.Owners, WriteHandover, ReadHandover);
        registry.Register(FirstTag + 20, WPaxosRoles.Acceptor, WriteHoldingsRequest, ReadHoldingsRequest);
        registry.Register(FirstTag + 21, WPaxosRoles.Sync, WriteHoldings, ReadHoldings);
    }

    public static int SizeOf(IReadOnlyList<Proposal> proposals)
    {
        var size = 0;
        for (var index = 0; index < proposals.Count; index++)
        {
            size += proposals[index].Size;
        }

        return size;
    }

    public static int SizeOf(IReadOnlyList<Place> places)
    {
        const int Rest = 20;
        var size = 0;
        for (var index = 0; index < places.Count; index++)
        {
            size += Rest + places[index].Object.Length;
        }

        return size;
    }
}
