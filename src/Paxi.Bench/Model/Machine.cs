namespace Paxi.Bench.Model;

/// <summary>What a message costs a node. Times are milliseconds.</summary>
/// <remarks>The two instances are the parameters of the model's published scripts (the authors' <c>ppm</c> repository): a 980 Mb/s link, messages of 100 bytes.</remarks>
/// <param name="Outgoing">t_o: processor time to serialize a message, once for a broadcast.</param>
/// <param name="Incoming">t_i: processor time to take a message in.</param>
/// <param name="MessageBytes">s_m.</param>
/// <param name="LinkBitsPerSecond">b.</param>
public sealed record Machine(double Outgoing, double Incoming, double MessageBytes, double LinkBitsPerSecond)
{
    /// <summary>A small virtual machine.</summary>
    public static Machine T2Small { get; } = new(Outgoing: 0.001, Incoming: 0.025, MessageBytes: 100, LinkBitsPerSecond: 980e6);

    /// <summary>The machine of the paper's experiments: twice as fast.</summary>
    public static Machine M5Large { get; } = T2Small with { Outgoing = 0.0005, Incoming = 0.0125 };

    /// <summary>s_m / b: how long a message holds the link.</summary>
    public double Transmission => MessageBytes * 8 / LinkBitsPerSecond * 1000;

    /// <summary>The same machine for EPaxos: twice the processor time a message, for the work on dependencies, and messages a tenth longer.</summary>
    public Machine WithDependencies() => this with { Outgoing = 2 * Outgoing, Incoming = 2 * Incoming, MessageBytes = 1.1 * MessageBytes };
}
