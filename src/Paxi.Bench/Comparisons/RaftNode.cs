using System.Buffers.Binary;
using System.Net;
using System.Text;
using DotNext.Buffers;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Bench.Loads;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Comparisons;

/// <summary>A node of DotNext's Raft over TCP with a key-value store behind it; its log is in a directory, which belongs on a RAM disk to be compared with a journal in memory.</summary>
internal sealed class RaftNode : IEmbeddedNode
{
    private readonly RaftCluster _cluster;
    private readonly WriteAheadLog _log;
    private readonly Store _store;
    private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RaftNode(RaftCluster cluster, WriteAheadLog log, Store store) => (_cluster, _log, _store) = (cluster, log, store);

    public Task Leads => _leads.Task;

    /// <param name="settings">The addresses of its replicas serve as the members' addresses.</param>
    /// <param name="self">Which of them is this one.</param>
    /// <param name="directory">For the log.</param>
    public static async Task<RaftNode> StartAsync(PaxiSettings settings, ReplicaId self, string directory)
    {
        var storage = new Members();
        var members = storage.CreateInitialConfigurationBuilder();
        foreach (var replica in settings.Replicas)
        {
            members.Add(EndPoint(replica));
        }

        members.Build();
        var configuration = new RaftCluster.TcpConfiguration(EndPoint(settings.Find(self)))
        {
            ConfigurationStorage = storage,
            LowerElectionTimeout = 500,
            UpperElectionTimeout = 1000,
            TransmissionBlockSize = 64 * 1024,
            ColdStart = false,
        };
        var store = new Store(new DirectoryInfo(Path.Combine(directory, "snapshots")));
        var log = new WriteAheadLog(new WriteAheadLog.Options { Location = Path.Combine(directory, "log") }, store);
        var cluster = new RaftCluster(configuration) { AuditTrail = log };
        var node = new RaftNode(cluster, log, store);
        cluster.LeaderChanged += (_, leader) =>
        {
            if (leader is { IsRemote: false })
            {
                node._leads.TrySetResult();
            }
        };
        await cluster.StartAsync(CancellationToken.None);
        return node;
    }

    public IDriver CreateDriver() => new Driver(_cluster);

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAsync(CancellationToken.None);
        _cluster.Dispose();
        await _log.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static IPEndPoint EndPoint(ReplicaAddress replica) => new(IPAddress.Loopback, replica.Remote.Port!.Value);

    /// <summary>An entry is the length of the key in four bytes, the key, the value.</summary>
    private sealed class Driver(RaftCluster cluster) : IDriver
    {
        public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
        {
            if (operation.Value is not { } value)
            {
                return LoadResult.Failed("only writes are compared: give --W 1");
            }

            var entry = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(operation.Key) + value.Length];
            var length = Encoding.UTF8.GetBytes(operation.Key, entry.AsSpan(sizeof(int)));
            BinaryPrimitives.WriteInt32LittleEndian(entry, length);
            value.CopyTo(entry.AsSpan(sizeof(int) + length));
            try
            {
                await cluster.ReplicateAsync(entry).ConfigureAwait(false);
                return LoadResult.Done();
            }
            catch (Exception fault)
            {
                // Whatever its log throws: whether the entry is in it, nobody can say.
                return LoadResult.Unknown(fault.Message);
            }
        }

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>The members, as IPv4 addresses and ports.</summary>
    private sealed class Members : InMemoryClusterConfigurationStorage<EndPoint>
    {
        private const int AddressBytes = 4;

        protected override void Encode(EndPoint address, ref BufferWriterSlim<byte> output)
        {
            var place = (IPEndPoint)address;
            Span<byte> port = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(port, place.Port);
            output.Write(place.Address.GetAddressBytes());
            output.Write(port);
        }

        protected override EndPoint Decode(ref SequenceReader reader)
        {
            Span<byte> address = stackalloc byte[AddressBytes];
            Span<byte> port = stackalloc byte[sizeof(int)];
            reader.Read(address);
            reader.Read(port);
            return new IPEndPoint(new IPAddress(address), BinaryPrimitives.ReadInt32LittleEndian(port));
        }
    }

    private sealed class Store(DirectoryInfo location) : SimpleStateMachine(location)
    {
        private readonly Dictionary<string, byte[]> _values = [];

        protected override ValueTask<bool> ApplyAsync(LogEntry entry, CancellationToken token)
        {
            if (entry.TryGetPayload(out var payload) && payload.Length > sizeof(int))
            {
                var bytes = System.Buffers.BuffersExtensions.ToArray(payload);
                var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                _values[Encoding.UTF8.GetString(bytes, sizeof(int), length)] = bytes[(sizeof(int) + length)..];
            }

            // Never a snapshot: a run is short, and to leave snapshots out is in its favour.
            return new ValueTask<bool>(false);
        }

        protected override ValueTask PersistAsync(IAsyncBinaryWriter writer, CancellationToken token) =>
            throw new NotSupportedException("no snapshot is ever asked for");

        protected override ValueTask RestoreAsync(FileInfo snapshotFile, CancellationToken token) =>
            throw new NotSupportedException("there is no snapshot");
    }
}
