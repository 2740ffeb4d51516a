using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.Bench.Drivers;
using Paxi.Bench.Loads;
using Paxi.Protocols;

namespace Paxi.Bench.Comparisons;

/// <summary>A replica of ours with its journal in memory, on Akka.Remote without a cluster: the replicas know each other from the configuration.</summary>
internal sealed class PaxiNode : IEmbeddedNode
{
    private readonly ActorSystem _system;
    private readonly AkkaTransport _transport;
    private readonly ClientSettings _client;
    private readonly MemoryJournalStore _store = new();
    private readonly LeadershipObserver _observer;

    public PaxiNode(PaxiSettings settings, ReplicaId self)
    {
        var protocol = ProtocolList.Find(settings.Algorithm);
        var address = settings.Find(self).Remote;
        _system = ActorSystem.Create(PaxiSettings.SystemName, ConfigurationFactory
            .ParseString($"akka.remote.dot-netty.tcp.port = {address.Port}")
            .WithFallback(QuietConfiguration.Client(settings)));
        _transport = new AkkaTransport(_system, settings);
        _client = ClientSettings.Create(settings.Section, [self, .. settings.Ids.Where(id => id != self)]);
        _observer = new LeadershipObserver(self);
        ReplicaHandle.Start(_system, new ReplicaStart
        {
            Self = self,
            Protocol = protocol,
            Quorums = protocol.CreateQuorums(settings.Ids, settings.Section),
            Settings = settings.Section,
            Store = _store,
            Transport = _transport,
            Registry = WireRegistry.Of(protocol),
            StateMachine = static () => new KeyValueStore(),
            Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            Observer = _observer,
        });
    }

    public Task Leads => _observer.Leads;

    public IDriver CreateDriver() => PaxiDriver.Inside(_system, _transport, _client, 1);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        _system.Dispose();
        _store.Dispose();
    }

    private sealed class LeadershipObserver(ReplicaId self) : IReplicaObserver
    {
        private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Leads => _leads.Task;

        public void Led(ReplicaId replica, string log, Ballot ballot)
        {
            if (replica == self)
            {
                _leads.TrySetResult();
            }
        }

        public void Promised(ReplicaId replica, string log, Ballot ballot)
        {
        }

        public void Accepted(ReplicaId replica, string log, long slot, Ballot ballot, Batch batch)
        {
        }

        public void Decided(ReplicaId replica, string log, long slot, Batch batch)
        {
        }

        public void Executed(ReplicaId replica, string log, long slot, Batch batch)
        {
        }

        public void Restored(ReplicaId replica, string log, long slot)
        {
        }
    }
}
