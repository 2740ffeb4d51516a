using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.TestKit.World;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>
/// Base of the client's tests: one client in virtual time, and a script at the other end. What the client sends lies at
/// <see cref="Wire"/>; the script executes it on <see cref="State"/>, answers, refuses, or keeps silent.
/// </summary>
public abstract class ClientSpec : SimulationSpec
{
    protected static readonly ReplicaId First = new(1, 1);
    protected static readonly ReplicaId Second = new(1, 2);
    protected static readonly ReplicaId Third = new(1, 3);

    protected static readonly ClientSettings Defaults = new(
        [First, Second, Third], TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500), ReadMode.Log, MaxOutstanding: 100, MaxWaiting: 100);

    protected ClientSpec()
    {
        Wire = CreateTestProbe("wire");
    }

    protected TestProbe Wire { get; }

    /// <summary>What the replicas hold.</summary>
    protected ReplicatedState State { get; set; } = new(new KeyValueStore(), new SessionLimits());

    protected IActorRef Client { get; private set; } = ActorRefs.Nobody;

    /// <summary>Starts the client.</summary>
    protected void Start(ClientSettings? settings = null) =>
        Client = Sys.ActorOf(ClientActor.Props(settings ?? Defaults, new WireTransport(Wire.Ref), new SeededRandom(7)), "client");

    /// <summary>Starts the client and lets it open its session with a first command, which is answered by <paramref name="leader"/>.</summary>
    protected void StartOpen(ClientSettings? settings = null, ReplicaId? leader = null)
    {
        Start(settings);
        Send(new Get("first"));
        Answer(Next(), leader);
        Answer(Next(), leader);
        Assert.Equal(Outcome.Done, Ended().Outcome);
    }

    protected void Send(params Command[] commands)
    {
        foreach (var command in commands)
        {
            Client.Tell(command, TestActor);
        }
    }

    /// <summary>The next message that the client sends.</summary>
    protected SentRequests Next(TimeSpan? within = null) => Expect<SentRequests>(Wire, within);

    /// <summary>The next reply that an asker gets.</summary>
    protected Reply Ended(TimeSpan? within = null) => Expect<Reply>(within: within);

    /// <summary>Nothing more of the client is on its way, to replicas or askers.</summary>
    protected void ExpectSilence(TimeSpan span)
    {
        ExpectNothing(span, Wire);
        ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>Executes the block and makes the answer, without handing it over.</summary>
    protected ClientReplies Execute(SentRequests sent, ReplicaId? leader = null)
    {
        var block = Assert.Single(sent.Requests.Mode == ReadMode.Log
            ? State.Execute(sent.Requests.Block, wantsResults: true)
            : State.Read(sent.Requests.Block));
        return new ClientReplies(
            block.Session, leader ?? sent.To, 7, new Ballot(3, leader ?? sent.To), 9, block.Count, block.Results);
    }

    protected void Answer(SentRequests sent, ReplicaId? leader = null) => Client.Tell(Execute(sent, leader));

    protected void Refuse(SentRequests sent, RefusalReason reason, ReplicaId? leader = null) =>
        Client.Tell(new ClientRefusal(sent.Requests.Session, sent.Requests.Request, reason, leader));

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    protected override void Dispose(bool disposing)
    {
        World.ThrowIfFailed();
        base.Dispose(disposing);
    }

    private sealed class WireTransport(IActorRef wire) : IClientTransport
    {
        public void Send(ReplicaId to, ClientRequests requests, IActorRef from) => wire.Tell(new SentRequests(to, requests), from);
    }
}

/// <summary>A message of the client to a replica.</summary>
public sealed record SentRequests(ReplicaId To, ClientRequests Requests)
{
    public ulong Session => Requests.Session;

    public ReadMode Mode => Requests.Mode;

    public long Lowest
    {
        get
        {
            var reader = new BatchReader(Requests.Block);
            Assert.True(reader.NextBlock());
            return reader.Lowest;
        }
    }

    public long[] Sequences
    {
        get
        {
            Assert.True(BatchReader.TryValidate(Requests.Block, out var error), error);
            var sequences = new List<long>();
            var reader = new BatchReader(Requests.Block);
            while (reader.NextBlock())
            {
                while (reader.NextCommand())
                {
                    sequences.Add(reader.Sequence);
                }
            }

            return [.. sequences];
        }
    }
}
