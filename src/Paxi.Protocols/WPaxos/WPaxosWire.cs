namespace Paxi.Protocols.WPaxos;

/// <summary>The binary forms of the messages. The sender is not written: the envelope has it.</summary>
internal static class WPaxosWire
{
    public static int SizeOf(IReadOnlyList<Proposal> proposals)
    {
        var size = 0;
        for (var index = 0; index < proposals.Count; index++)
        {
            size += proposals[index].Size;
        }

        return size;
    }
}
