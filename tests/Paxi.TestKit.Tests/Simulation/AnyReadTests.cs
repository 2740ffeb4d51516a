using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Linearizability;
using Paxi.TestKit.Simulation;
using Xunit;

namespace Paxi.TestKit.Tests.Simulation;

/// <summary>Reads of mode <c>any</c> promise nothing: an old answer of theirs is no violation, and one of another mode would be.</summary>
public sealed class AnyReadTests : IDisposable
{
    /// <summary>The number in the history of the client that writes and then reads, so that its reads are judged by its writes.</summary>
    private const long Number = 7;

    private static readonly ReplicaId Behind = new(1, 3);

    private readonly SimulatedCluster _cluster = new(TestProtocols.Find("paxos"));
    private readonly SimulatedClient _writer;

    public AnyReadTests()
    {
        _cluster.Start();
        _writer = _cluster.AddClient([new ReplicaId(1, 1), new ReplicaId(1, 2)]);
        Assert.Equal(Outcome.Done, Execute(_writer, new Set("k", "old"u8.ToArray())).Outcome);
        _cluster.World.Run(_cluster.HasConverged, TimeSpan.FromSeconds(2));
        Assert.NotEqual(Behind, _cluster.Leader);
        foreach (var other in _cluster.Replicas.Where(other => other != Behind))
        {
            _cluster.Network.Link(other, Behind).IsCut = true;
            _cluster.Network.Link(Behind, other).IsCut = true;
        }

        Assert.Equal(Outcome.Done, Execute(_writer, new Set("k", "new"u8.ToArray())).Outcome);
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void An_old_answer_is_not_judged()
    {
        var recorded = _cluster.History.ToHistory().Operations.Count;
        var reader = _cluster.AddClient([Behind]);
        Assert.Equal("old", Text(Execute(reader, new Get("k") { Mode = ReadMode.Any })));
        Assert.Equal("old", Text(Execute(reader, new Transact([new Get("k"), new Get("other")]) { Mode = ReadMode.Any }).Parts![0]));
        AssertNotJudged(recorded);
    }

    [Fact]
    public void Nor_is_it_when_any_is_the_mode_of_the_settings()
    {
        var recorded = _cluster.History.ToHistory().Operations.Count;
        var reader = _cluster.AddClient([Behind], settings => settings with { ReadMode = ReadMode.Any });
        Assert.Equal("old", Text(Execute(reader, new Get("k"))));
        Assert.Equal("old", Text(Execute(reader, new Transact([new Get("k"), new Get("other")])).Parts![0]));
        AssertNotJudged(recorded);
    }

    /// <summary>The same answers, had they been promised: both judges see them.</summary>
    [Fact]
    public void The_same_answer_in_another_mode_is_a_violation()
    {
        var read = HistoryCommands.ToOperation(new Get("k"))! with { Client = Number };
        var token = HistoryCommands.Invoke(_cluster.History, read);
        var done = read with { Ok = true, Result = "old" };
        HistoryCommands.End(_cluster.History, token, done);
        Assert.Equal(Verdict.No, LinearizabilityChecker.Check(_cluster.History.ToHistory()).Verdict);
        _cluster.Checks.Answered(new ClientAnswer(done, ReadMode.Log, UInt128.Zero));
        Assert.Equal("monotonic reads", _cluster.Checks.Violation?.Check);
    }

    private void AssertNotJudged(int recorded)
    {
        Assert.Equal(recorded, _cluster.History.ToHistory().Operations.Count);
        Assert.Equal(Verdict.Yes, LinearizabilityChecker.Check(_cluster.History.ToHistory()).Verdict);
        _cluster.ThrowIfFailed();
    }

    private Reply Execute(SimulatedClient client, Command command)
    {
        Reply? reply = null;
        client.Send(command, answer => reply = answer, Number);
        _cluster.World.Run(() => reply is not null, TimeSpan.FromSeconds(5));
        return reply!;
    }

    private static string? Text(Reply reply) => reply.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}
