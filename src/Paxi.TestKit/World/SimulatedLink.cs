namespace Paxi.TestKit.World;

/// <summary>
/// One direction between two endpoints. What is null here follows the network's <see cref="NetworkOptions"/>.
/// </summary>
public sealed class SimulatedLink
{
    private readonly SimulatedNetwork _network;
    private readonly List<NetworkDelivery> _held = [];
    private double? _loss;
    private double? _duplication;
    private double? _reordering;

    internal SimulatedLink(SimulatedNetwork network, NetworkEndpoint from, NetworkEndpoint to)
    {
        _network = network;
        From = from;
        To = to;
        Name = $"{from.Name} -> {to.Name}";
    }

    public NetworkEndpoint From { get; }

    public NetworkEndpoint To { get; }

    /// <summary><c>1.1 -> 1.2</c>.</summary>
    public string Name { get; }

    public DelayDistribution? Delay { get; set; }

    public double? Loss
    {
        get => _loss;
        set => _loss = Checked(value);
    }

    public double? Duplication
    {
        get => _duplication;
        set => _duplication = Checked(value);
    }

    public double? Reordering
    {
        get => _reordering;
        set => _reordering = Checked(value);
    }

    /// <summary>Nothing passes, and what is under way is lost when it would arrive.</summary>
    public bool IsCut { get; set; }

    /// <summary>Messages wait for <see cref="Deliver"/> or <see cref="Drop"/>, one by one; envelopes are taken apart.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Messages that wait, the oldest first.</summary>
    public IReadOnlyList<object> Held => [.. _held.Select(delivery => delivery.Message)];

    /// <summary>How many messages wait.</summary>
    public int HeldCount => _held.Count;

    internal long CloggedUntil { get; private set; }

    /// <summary>The earliest arrival that keeps the order of the link.</summary>
    internal long OrderFloor { get; set; }

    /// <summary>Everything that is sent within <paramref name="span"/> waits at the sender until it has passed.</summary>
    public void Clog(TimeSpan span)
    {
        _network.World.Record("clog", Name, span.Ticks);
        CloggedUntil = Math.Max(CloggedUntil, _network.World.NowTicks + span.Ticks);
    }

    /// <summary>Delivers a waiting message now; the world must run for the receiver to take it.</summary>
    /// <param name="index">0 is the oldest.</param>
    /// <exception cref="InvalidOperationException">No such message waits.</exception>
    public object Deliver(int index = 0)
    {
        var delivery = Take(index);
        delivery.Run();
        return delivery.Message;
    }

    /// <summary>Loses a waiting message.</summary>
    /// <exception cref="InvalidOperationException">No such message waits.</exception>
    public object Drop(int index = 0)
    {
        var delivery = Take(index);
        _network.Lose(this, delivery);
        return delivery.Message;
    }

    internal void Hold(NetworkDelivery delivery)
    {
        if (_held.Count >= _network.Options.LargestHeldQueue)
        {
            throw new InvalidOperationException(
                $"the held link {Name} has {_held.Count} messages waiting, its bound; deliver or drop some");
        }

        _held.Add(delivery);
    }

    /// <summary>Back to the network's options; what waits stays.</summary>
    internal void Heal()
    {
        Delay = null;
        _loss = null;
        _duplication = null;
        _reordering = null;
        IsCut = false;
        CloggedUntil = 0;
    }

    private NetworkDelivery Take(int index)
    {
        if (index < 0 || index >= _held.Count)
        {
            throw new InvalidOperationException($"no message {index} waits on {Name}; {_held.Count} wait");
        }

        var delivery = _held[index];
        _held.RemoveAt(index);
        return delivery;
    }

    private static double? Checked(double? probability)
    {
        if (probability is { } value)
        {
            NetworkOptions.CheckProbability(value, nameof(probability));
        }

        return probability;
    }
}
