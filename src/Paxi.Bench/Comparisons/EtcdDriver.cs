using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Paxi.Bench.Loads;
using Paxi.Bench.Processes;
using Paxi.Bench.Workloads;

namespace Paxi.Bench.Comparisons;

/// <summary>
/// etcd's v3 API over gRPC: <c>KV/Put</c> and <c>KV/Range</c> (linearizable, which is its default), all of it to the member that leads, since a follower would only pass it on.
/// </summary>
/// <remarks>Of the messages only the fields that are needed are written and read here; their numbers are those of etcd's <c>rpc.proto</c> and <c>kv.proto</c>.</remarks>
internal sealed class EtcdDriver : IDriver
{
    private const int Key = 1;
    private const int PutValue = 2;
    private const int RangeKeyValues = 2;
    private const int KeyValueValue = 5;
    private const int StatusHeader = 1;
    private const int StatusLeader = 4;
    private const int HeaderMember = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);
    private static readonly Method<byte[], byte[]> Put = new(MethodType.Unary, "etcdserverpb.KV", "Put", Bytes, Bytes);
    private static readonly Method<byte[], byte[]> Range = new(MethodType.Unary, "etcdserverpb.KV", "Range", Bytes, Bytes);
    private static readonly Method<byte[], byte[]> Status = new(MethodType.Unary, "etcdserverpb.Maintenance", "Status", Bytes, Bytes);

    private readonly GrpcChannel[] _channels;
    private readonly CallInvoker[] _calls;

    private EtcdDriver(GrpcChannel[] channels)
    {
        _channels = channels;
        _calls = [.. channels.Select(static channel => channel.CreateCallInvoker())];
    }

    /// <summary>Waits for a leader and connects to it.</summary>
    /// <param name="connections">How many connections the clients share.</param>
    public static async Task<EtcdDriver> ConnectAsync(EtcdCluster cluster, int connections, CancellationToken cancellation)
    {
        for (var patience = 300; patience > 0; patience--)
        {
            if (cluster.Death.IsCompleted)
            {
                throw await cluster.Death;
            }

            foreach (var member in cluster.Clients)
            {
                if (await IsLeaderAsync(member, cancellation))
                {
                    return new EtcdDriver([.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(member))]);
                }
            }

            await Task.Delay(100, cancellation);
        }

        throw new BenchException("no member of etcd leads after half a minute");
    }

    public async ValueTask<LoadResult> SendAsync(int client, LoadOperation operation)
    {
        try
        {
            var call = _calls[client % _calls.Length].AsyncUnaryCall(
                operation.IsRead ? Range : Put, null, new CallOptions(deadline: DateTime.UtcNow + Patience), Request(operation));
            var answer = await call.ResponseAsync.ConfigureAwait(false);
            return LoadResult.Done(operation.IsRead ? Value(answer) : null);
        }
        catch (RpcException fault)
        {
            return LoadResult.Unknown(fault.Status.ToString());
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        return default;
    }

    private static async Task<bool> IsLeaderAsync(Uri member, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress(member);
        try
        {
            var call = channel.CreateCallInvoker().AsyncUnaryCall(
                Status, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(2), cancellationToken: cancellation), []);
            var answer = await call.ResponseAsync;
            var leader = Number(answer, StatusLeader);
            return leader != 0 && leader == Number(Field(answer, StatusHeader) ?? [], HeaderMember);
        }
        catch (RpcException)
        {
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static byte[] Request(LoadOperation operation)
    {
        using var buffer = new MemoryStream(64);
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(Key, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(operation.Key, Encoding.UTF8));
            if (operation.Value is { } value)
            {
                output.WriteTag(PutValue, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Of the first pair of a range, or null when there is none.</summary>
    private static ReadOnlyMemory<byte>? Value(byte[] answer) =>
        Field(answer, RangeKeyValues) is { } pair ? Field(pair, KeyValueValue) ?? [] : default(ReadOnlyMemory<byte>?);

    private static byte[]? Field(byte[] message, int field)
    {
        using var input = new CodedInputStream(message);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                return input.ReadBytes().ToByteArray();
            }

            input.SkipLastField();
        }

        return null;
    }

    private static ulong Number(byte[] message, int field)
    {
        using var input = new CodedInputStream(message);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint)
            {
                return input.ReadUInt64();
            }

            input.SkipLastField();
        }

        return 0;
    }
}
