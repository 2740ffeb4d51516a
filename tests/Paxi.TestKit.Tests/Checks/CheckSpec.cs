using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.TestKit.Checks;
using Xunit;

namespace Paxi.TestKit.Tests.Checks;

/// <summary>Each check is quiet while its property holds, and speaks at the step that breaks it. Three replicas, two commands, two ballots.</summary>
public abstract class CheckSpec
{
    protected static readonly ReplicaId A = new(1, 1);
    protected static readonly ReplicaId B = new(1, 2);
    protected static readonly ReplicaId C = new(1, 3);
    protected static readonly Batch X = Command(7, 1, "x");
    protected static readonly Batch Y = Command(7, 2, "y");
    protected static readonly Ballot One = new(1, A);
    protected static readonly Ballot Two = new(2, B);

    protected static CheckSuite Suite(Check check) => new([check], () => TimeSpan.FromSeconds(3));

    protected static void Expect(CheckSuite suite, string check, string message)
    {
        Assert.NotNull(suite.Violation);
        Assert.Equal(check, suite.Violation.Check);
        Assert.Contains(message, suite.Violation.Message, StringComparison.Ordinal);
    }

    protected static Batch Command(ulong session, long sequence, string body) =>
        BatchWriter.Block(session, 1, [(sequence, System.Text.Encoding.UTF8.GetBytes(body))]);

    protected static UInt128 Digest(string body) => BatchView.DigestOf(System.Text.Encoding.UTF8.GetBytes(body));

    protected static SlotEffects First(params string[] bodies)
    {
        UInt128[] digests = [.. bodies.Select(Digest)];
        return new SlotEffects(digests, digests, IsFirst: true);
    }
}
