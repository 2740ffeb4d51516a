using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace Paxi.TestKit.World;

/// <summary>
/// Base of tests on a simulated world: Akka's TestKit with probes and <c>ExpectMsg</c>, on virtual time. Nothing runs
/// by itself: pump with <c>World.Run()</c>, <c>World.Advance(..)</c> or <c>World.Settle()</c> and then expect, or use
/// <see cref="Expect{T}"/>, which pumps. Akka's own Expect methods read what has arrived; their timeouts are real time.
/// </summary>
public abstract class SimulationSpec : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>How long, in virtual time, <see cref="Expect{T}"/> waits when nothing else is said.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    private static readonly Config s_testConfig = ConfigurationFactory
        .ParseString("akka.loggers = []\nakka.test.single-expect-default = 100ms\nakka.test.default-timeout = 1s")
        .WithFallback(Akka.TestKit.TestKitBase.DefaultConfig);

    protected SimulationSpec(ulong seed = 1, Config? config = null)
        : this(new WorldOptions { Seed = seed }, config)
    {
    }

    protected SimulationSpec(WorldOptions options, Config? config = null)
        : this(new SimulatedWorld(options), config)
    {
    }

    private SimulationSpec(SimulatedWorld world, Config? config)
        : base(world.CreateSystem("test", Merge(config)).ActorSystem)
    {
        World = world;
    }

    /// <summary>The world; the test's own system, <c>Sys</c>, is the first in it.</summary>
    protected SimulatedWorld World { get; }

    /// <summary>
    /// Runs the world until a message lies at <paramref name="probe"/> (null: at the test actor) and takes it.
    /// </summary>
    /// <typeparam name="T">The type that the message must have.</typeparam>
    /// <param name="probe">Whose message.</param>
    /// <param name="within">Virtual time to wait; <see cref="DefaultPatience"/> when null.</param>
    protected T Expect<T>(TestKitBase? probe = null, TimeSpan? within = null)
    {
        var receiver = probe ?? this;
        World.Run(() => receiver.HasMessages, within ?? DefaultPatience);
        return receiver.ExpectMsg<T>(TimeSpan.Zero);
    }

    /// <summary>Runs the world for <paramref name="span"/> of virtual time and checks that nothing came.</summary>
    protected void ExpectNothing(TimeSpan span, TestKitBase? probe = null)
    {
        var receiver = probe ?? this;
        World.Run(() => receiver.HasMessages, span);
        receiver.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>Disposes of the world at once; Akka's own shutdown would wait on the real clock.</summary>
#pragma warning disable CA2215 // The base would terminate the system on the real clock, which is what this replaces.
    protected override void Dispose(bool disposing)
#pragma warning restore CA2215
    {
        try
        {
            AfterAll();
        }
        finally
        {
            World.Dispose();
        }
    }

    private static Config Merge(Config? config) => config is null ? s_testConfig : config.WithFallback(s_testConfig);
}
