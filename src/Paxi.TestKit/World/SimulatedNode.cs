using Akka.Configuration;
using Paxi.Actors;
using Paxi.Actors.Journal;
using Paxi.Actors.Links;

namespace Paxi.TestKit.World;

/// <summary>
/// A machine of the world: a disk that stays, a place on the network, and an actor system that comes and goes. What runs in the
/// system is the caller's: <paramref name="boot"/> starts the replica's actors, at every start anew.
/// </summary>
/// <param name="world">The world.</param>
/// <param name="network">The network that its transport belongs to.</param>
/// <param name="id">The replica.</param>
/// <param name="boot">Starts the actors in <see cref="System"/>, from <see cref="Transport"/> and <see cref="Store"/>.</param>
/// <param name="disk">Defaults when null.</param>
/// <param name="settings">Configuration of the actor system, parsed once for all nodes.</param>
public sealed class SimulatedNode(
    SimulatedWorld world,
    SimulatedNetwork network,
    ReplicaId id,
    Action<SimulatedNode> boot,
    DiskOptions? disk = null,
    Config? settings = null)
{
    private SimulatedSystem? _system;
    private ITransport? _transport;
    private IJournalStore? _store;

    public ReplicaId Id { get; } = id;

    /// <summary>The replica's id as text; the actor system has the same with a dash, since Akka allows no dot.</summary>
    public string Name { get; } = id.ToString();

    public SimulatedDisk Disk { get; } = new(world, id.ToString(), disk);

    /// <summary>The machine's clock: its drift and its steps outlive a crash.</summary>
    public SimulatedClock Clock { get; } = new();

    public bool IsUp => _system is { IsDead: false };

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How often it crashed.</summary>
    public int Crashes { get; private set; }

    /// <summary>The actor system of this incarnation; the dead one while it is down.</summary>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public SimulatedSystem System => _system ?? throw NeverStarted();

    public ITransport Transport => _transport ?? throw NeverStarted();

    /// <summary>The journal of this incarnation, open.</summary>
    public IJournalStore Store => _store ?? throw NeverStarted();

    /// <summary>Starts the machine from what its disk holds.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public void Start()
    {
        if (IsUp)
        {
            throw new InvalidOperationException($"the replica {Name} runs already");
        }

        Starts++;
        _system = world.CreateSystem($"replica-{Id.Zone}-{Id.Node}", settings, Clock);
        _transport = network.Attach(Id, _system);
        _store = Disk.Open(_system);
        boot(this);
    }

    /// <summary>
    /// Cuts the power: the actor system ends at once, what was not synced is lost or torn. Nothing happens when it is down.
    /// </summary>
    public void Crash()
    {
        if (IsUp)
        {
            Crashes++;
            System.Kill();
        }
    }

    /// <summary>Crashes it if it runs, and starts it.</summary>
    public void Restart()
    {
        Crash();
        Start();
    }

    /// <summary>Holds everything of it; see <see cref="SimulatedSystem.Pause"/>.</summary>
    public void Pause() => System.Pause();

    public void Resume() => System.Resume();

    private InvalidOperationException NeverStarted() => new($"the replica {Name} was never started");
}
