using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Xunit;

namespace Paxi.Actors.Tests.Clients;

/// <summary>The typed client in an actor system of the real kind.</summary>
public sealed class PaxiClientLifeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("life", Reference.Whole);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task When_the_actor_stops_nobody_waits_for_ever()
    {
        var replica = new SilentReplica();
        var client = Start(replica);
        var sent = client.SendAsync(new Get("k") { Mode = ReadMode.Any });
        await replica.Heard.WaitAsync(Patience);
        _system.Stop(client.Actor);
        var left = Enumerable.Range(0, 1000).Select(_ => client.SendAsync(new Get("k"))).ToArray();

        Assert.Equal(Outcome.Unknown, (await sent.WaitAsync(Patience)).Outcome);
        foreach (var reply in await Task.WhenAll(left).WaitAsync(Patience))
        {
            Assert.Equal(Outcome.Failed, reply.Outcome);
        }

        Assert.Equal(Outcome.Failed, (await client.SendAsync(new Get("k")).WaitAsync(Patience)).Outcome);
    }

    [Fact]
    public async Task Continuations_do_not_run_on_the_actor_s_turn()
    {
        // Each continuation blocks until the next command has ended, which the actor could not end if it were held up.
        var client = Start(new InstantReplica());
        await client.SendAsync(new Get("k") { Mode = ReadMode.Any }).WaitAsync(Patience);
        var inner = client.SendAsync(new Get("k") { Mode = ReadMode.Any }).ContinueWith(
            _ => client.SendAsync(new Get("k") { Mode = ReadMode.Any }).Wait(Patience), TaskContinuationOptions.ExecuteSynchronously);
        Assert.True(await inner.WaitAsync(Patience));
    }

    [Fact]
    public async Task Many_threads_share_a_client()
    {
        var client = Start(new InstantReplica());
        var counts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var left = 2000; left > 0; left--)
            {
                Assert.Equal(Outcome.Done, (await client.SendAsync(new Get("k"))).Outcome);
            }

            return 2000;
        }))).WaitAsync(Patience);
        Assert.Equal(32_000, counts.Sum());
    }

    private PaxiClient Start(IClientTransport transport) =>
        PaxiClient.Start(_system, ClientSettings.Create(Reference.Section(), [new ReplicaId(1, 1)]), transport);

    private sealed class SilentReplica : IClientTransport
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => _heard.Task;

        public void Send(ReplicaId to, ClientRequests requests, IActorRef from) => _heard.TrySetResult();
    }
}
