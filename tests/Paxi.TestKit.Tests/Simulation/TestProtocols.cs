using Paxi.Actors.Replicas;
using Paxi.Protocols;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>The protocols there are, and those of the tests: <c>primary-copy</c>, and with a bug <c>primary-copy:VotesBeforeSync</c>.</summary>
internal static class TestProtocols
{
    public static IProtocol Find(string name)
    {
        var parts = name.Split(':');
        return parts[0] == "primary-copy" ? new PrimaryCopy(parts.Length > 1 ? Enum.Parse<Bug>(parts[1]) : Bug.None) : ProtocolList.Find(name);
    }
}
