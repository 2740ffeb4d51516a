using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Paxi.Actors.Configuration;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.Wire;
using Xunit;

namespace Paxi.Actors.Tests.Wire;

/// <summary>What travels through Hyperion, and what does not.</summary>
public sealed class ColdMessageTests : IDisposable
{
    private static readonly ReplicaId Two = new(1, 2);

    private readonly ActorSystem _system =
        ActorSystem.Create("cold", ConfigurationFactory.ParseString("paxi.admin = on").WithFallback(Reference.Whole));

    public static TheoryData<IColdMessage> Messages =>
    [
        StatusRequest.Instance,
        new ReplicaStatus(Two, ReplicaState.Running, "", []),
        new InjectFault(new CrashFault(TimeSpan.FromSeconds(3))),
        new InjectFault(new DropFault(Two, TimeSpan.MaxValue)),
        new InjectFault(new SlowFault(Two, TimeSpan.FromMilliseconds(20), TimeSpan.Zero)),
        new InjectFault(new FlakyFault(Two, 0.25, TimeSpan.MinValue)),
        new FaultInjected(new CrashFault(TimeSpan.FromTicks(1))),
    ];

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    private object RoundTrip(object message)
    {
        var serializer = _system.Serialization.FindSerializerFor(message);
        Assert.IsType<HyperionSerializer>(serializer);
        return _system.Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, Serialization.ManifestFor(serializer, message));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_of_the_list_comes_out_as_it_went_in(IColdMessage message)
    {
        if (message is ReplicaStatus { Roles.Count: 0 } status)
        {
            var copy = Assert.IsType<ReplicaStatus>(RoundTrip(message));
            Assert.Equal(status with { Roles = copy.Roles }, copy);
            Assert.Empty(copy.Roles);
        }
        else
        {
            Assert.Equal(message, RoundTrip(message));
        }
    }

    [Fact]
    public void A_status_keeps_its_rows_whatever_list_holds_them()
    {
        List<KeyValuePair<string, string>> rows = [new("ballot", "3.1.1"), new("long", new string('x', 300)), new("empty", "")];
        var status = new ReplicaStatus(Two, ReplicaState.Failed, "disk full",
            [new RoleStatus("journal", rows), new RoleStatus("leader", [.. rows]), new RoleStatus("none", rows.ToImmutableList())]);
        var copy = Assert.IsType<ReplicaStatus>(RoundTrip(status));
        Assert.Equal((status.Id, status.State, status.Reason), (copy.Id, copy.State, copy.Reason));
        Assert.Equal(status.Roles.Select(role => role.Role), copy.Roles.Select(role => role.Role));
        Assert.All(copy.Roles, role => Assert.Equal(rows, role.Values));
    }

    [Fact]
    public async Task Orders_are_taken_only_where_admin_is_on()
    {
        var bytes = new HyperionSerializer((ExtendedActorSystem)_system).ToBinary(new InjectFault(new CrashFault(TimeSpan.Zero)));
        var off = ActorSystem.Create("off", Reference.Whole);
        try
        {
            Assert.Throws<WireFormatException>(() => off.Serialization.Deserialize(bytes, HyperionSerializer.FixedIdentifier, ""));
            Assert.Equal(1, WireExtension.Get(off).Refusals.Count);
        }
        finally
        {
            await off.Terminate();
        }
    }

    [Fact]
    public void A_part_of_a_message_is_no_message()
    {
        var part = new HyperionCodec(KernelMessages.Cold).Write(new CrashFault(TimeSpan.Zero));
        Assert.Throws<WireFormatException>(() => _system.Serialization.Deserialize(part, HyperionSerializer.FixedIdentifier, ""));
    }

    [Fact]
    public void A_foreign_type_is_refused_on_both_sides()
    {
        var codec = new HyperionCodec(KernelMessages.Cold);
        Assert.Throws<WireFormatException>(() => codec.Write(new Uri("http://127.0.0.1")));
        using var stream = new MemoryStream();
        new Hyperion.Serializer().Serialize(new Uri("http://127.0.0.1"), stream);
        Assert.Throws<WireFormatException>(() => codec.Read(stream.ToArray()));

        // Known by name to Hyperion, but not on the list.
        using var status = new MemoryStream();
        new Hyperion.Serializer().Serialize(new RoleStatus("a", []), status);
        Assert.Throws<WireFormatException>(() => codec.Read(status.ToArray()));
    }

    [Fact]
    public void Hyperion_itself_would_believe_a_forged_length()
    {
        // byte[] of 2^30 bytes, of which none follows: the reason why the scanner looks first.
        byte[] forged = [9, 0, 0, 0, 0x40];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WireFormatException>(() => new ColdScanner([], []).Check(forged));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Forged_nesting_is_refused_before_the_stack_ends()
    {
        var codec = new HyperionCodec(KernelMessages.Cold);
        var number = codec.Write(new InjectFault(new CrashFault(TimeSpan.Zero)))[1];
        var forged = new byte[HyperionCodec.MaxBytes];
        for (var at = 0; at + 2 < forged.Length; at += 3)
        {
            (forged[at], forged[at + 1], forged[at + 2]) = (254, number, 0);
        }

        Assert.Throws<WireFormatException>(() => codec.Read(forged));
    }

    [Fact]
    public void What_is_no_plain_data_is_an_error_when_it_is_registered()
    {
        var registry = new WireRegistry();
        Assert.Contains("abstract", Assert.Throws<ArgumentException>(() => registry.RegisterCold<HoldsFault>("links")).Message, StringComparison.Ordinal);
        Assert.Contains("plain data", Assert.Throws<ArgumentException>(() => registry.RegisterCold<HoldsDictionary>("links")).Message, StringComparison.Ordinal);
        Assert.Contains("plain data", Assert.Throws<ArgumentException>(() => registry.RegisterCold<HoldsAction>("links")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => registry.RegisterCold<HoldsObject>("links"));
    }

    private sealed record HoldsFault(Fault Fault) : IWireMessage;

    private sealed record HoldsDictionary(Dictionary<string, int> Values) : IWireMessage;

    private sealed record HoldsAction(Action Action) : IWireMessage;

    private sealed record HoldsObject(object Value) : IWireMessage;
}
