using Akka.Actor;
using Akka.Serialization;
using BenchmarkDotNet.Attributes;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.Bench.Micro;

/// <summary>
/// A hot message in its binary form beside the same message as a cold one through Hyperion: an envelope with a block of ten commands on its way to the leader,
/// through the serializers of an actor system, as Akka.Remote calls them.
/// </summary>
[MemoryDiagnoser]
public class SerializerBenchmark : IDisposable
{
    private const int Commands = 10;
    private const int BodyBytes = 24;

    private ActorSystem? _system;
    private Serializer _serializer = null!;
    private string _manifest = "";
    private Envelope _hot = null!;
    private Envelope _cold = null!;
    private byte[] _hotBytes = [];
    private byte[] _coldBytes = [];

    [GlobalSetup]
    public void Start()
    {
        var registry = new WireRegistry();
        GatewayWire.Register(registry);
        registry.RegisterCold<ColdForward>(KernelRoles.Gateway);
        _system = ActorSystem.Create("micro", Reference.Whole);
        WireExtension.Attach(_system, registry);
        var from = new ReplicaId(1, 1);
        var block = BatchWriter.Block(7, 1, [.. Enumerable.Range(1, Commands).Select(number => ((long)number, (ReadOnlyMemory<byte>)new byte[BodyBytes]))]);
        _hot = new Envelope(from, 1, [new Forward(from, 1, 7, 42, ReadMode.Log, block)]);
        _cold = new Envelope(from, 1, [new ColdForward(from, 1, 7, 42, ReadMode.Log, block.Count, block.Payload.ToArray())]);
        _serializer = _system.Serialization.FindSerializerFor(_hot);
        _manifest = Serialization.ManifestFor(_serializer, _hot);
        _hotBytes = WriteBinary();
        _coldBytes = WriteHyperion();
        Console.WriteLine($"bytes: binary {_hotBytes.Length}, Hyperion {_coldBytes.Length}");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _system?.Terminate().Wait();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public byte[] WriteBinary() => _serializer.ToBinary(_hot);

    [Benchmark]
    public byte[] WriteHyperion() => _serializer.ToBinary(_cold);

    [Benchmark]
    public object ReadBinary() => _system!.Serialization.Deserialize(_hotBytes, _serializer.Identifier, _manifest);

    [Benchmark]
    public object ReadHyperion() => _system!.Serialization.Deserialize(_coldBytes, _serializer.Identifier, _manifest);
}

/// <summary>What <see cref="Forward"/> holds, as plain data.</summary>
internal sealed record ColdForward(ReplicaId From, byte Hops, ulong Session, long Request, ReadMode Mode, int Count, byte[] Payload) : IWireMessage;
