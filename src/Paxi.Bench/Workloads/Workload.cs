using System.Globalization;
using System.Text;
using Paxi.Actors.Replicas;

namespace Paxi.Bench.Workloads;

/// <summary>An operation of a load: a read, or a write of a value that no other operation of the run writes.</summary>
/// <param name="Value">Null for a read.</param>
public readonly record struct LoadOperation(string Key, byte[]? Value)
{
    public bool IsRead => Value is null;
}

/// <summary>The operations of a run; every client draws its own from <see cref="ForClient"/>.</summary>
public sealed class Workload
{
    /// <summary>A value shorter than this cannot be told from every other.</summary>
    public const int UniqueValueBytes = 9;

    private const int KeptKeys = 1 << 20;

    private readonly KeyDistribution _keys;
    private readonly string?[] _names;
    private readonly SeededRandom _random;

    /// <param name="settings">Without a <see cref="WorkloadSettings.Fault"/>.</param>
    /// <param name="seed">The same seed gives every client the same operations.</param>
    public Workload(WorkloadSettings settings, ulong seed)
    {
        Settings = settings;
        _keys = KeyDistribution.Of(settings);
        _names = new string?[Math.Min(settings.K, KeptKeys)];
        _random = new SeededRandom(seed);
    }

    public WorkloadSettings Settings { get; }

    /// <summary>The text of key <paramref name="index"/>, 0 to K - 1.</summary>
    public string Key(int index)
    {
        if (index >= _names.Length)
        {
            return Name(index);
        }

        return _names[index] ??= Name(index);
    }

    /// <summary>The operations of one client; not thread-safe.</summary>
    /// <param name="client">From 0.</param>
    public ClientWorkload ForClient(int client) => new(this, _keys, _random.Fork(client.ToString(CultureInfo.InvariantCulture)), client);

    private string Name(int index) =>
        Settings.KeyPrefix + ((long)Settings.Min + index).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The operations of one client, one after another.</summary>
public sealed class ClientWorkload
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    private const int BitsEach = 6;
    private const int ClientDigits = 4;

    private static readonly byte[] DigitBytes = Encoding.ASCII.GetBytes(Digits);

    private readonly Workload _workload;
    private readonly KeyDistribution _keys;
    private readonly Random _random;
    private readonly int _client;
    private long _own;
    private long _written;

    internal ClientWorkload(Workload workload, KeyDistribution keys, Random random, int client)
    {
        (_workload, _keys, _random, _client) = (workload, keys, random, client);
        // Clients walk through their own keys from different places.
        _own = (long)client * 7919;
    }

    /// <param name="elapsed">Since the load began.</param>
    public LoadOperation Next(TimeSpan elapsed)
    {
        var key = _workload.Key(_keys.Next(_random, ref _own, elapsed));
        return new LoadOperation(key, _random.NextDouble() < _workload.Settings.W ? NextValue() : null);
    }

    /// <summary>The client's number in the first four characters, how many it wrote in the others, the last ones first.</summary>
    private byte[] NextValue()
    {
        var value = new byte[_workload.Settings.ValueBytes];
        var client = _client;
        var written = _written++;
        for (var index = 0; index < value.Length; index++)
        {
            if (index < ClientDigits)
            {
                value[index] = DigitBytes[client & (Digits.Length - 1)];
                client >>= BitsEach;
            }
            else
            {
                value[index] = DigitBytes[(int)(written & (Digits.Length - 1))];
                written >>= BitsEach;
            }
        }

        return value;
    }
}
