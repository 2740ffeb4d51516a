using System.Globalization;
using System.Text;
using Paxi.Actors.Replicas;

namespace Paxi.Bench.Workloads;

/// <summary>An operation of a load: a read, or a write of a value that no other operation of the run writes; or a transaction of several of them.</summary>
/// <param name="Key">Of a transaction, the first key.</param>
/// <param name="Value">Null for a read.</param>
/// <param name="Parts">Of a transaction, reads and writes of different keys; null for a single operation.</param>
public readonly record struct LoadOperation(string Key, byte[]? Value, LoadOperation[]? Parts = null)
{
    /// <summary>Whether it changes nothing.</summary>
    public bool IsRead => Value is null && (Parts is null || Array.TrueForAll(Parts, static part => part.IsRead));
}

/// <summary>The operations of a run; every client draws its own from <see cref="ForClient"/>.</summary>
public sealed class Workload
{
    /// <summary>A value shorter than this cannot be told from every other.</summary>
    public const int UniqueValueBytes = 9;

    private const int KeptKeys = 1 << 20;

    private readonly KeyDistribution[] _keys;
    private readonly string?[] _names;
    private readonly SeededRandom _random;
    private int _count;

    /// <param name="settings">Without a <see cref="WorkloadSettings.Fault"/>.</param>
    /// <param name="seed">The same seed gives every client the same operations.</param>
    /// <param name="zones">Over which the clients are spread, client c in zone c modulo this.</param>
    public Workload(WorkloadSettings settings, ulong seed, int zones = 1)
    {
        Settings = settings;
        _count = settings.K;
        // What zones do not tell apart they share: the clients of all zones walk in one order.
        _keys = settings.PerZone
            ? [.. Enumerable.Range(0, zones).Select(zone => KeyDistribution.Of(settings, zone, zones))]
            : [KeyDistribution.Of(settings, keys: () => Volatile.Read(ref _count))];
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
    public ClientWorkload ForClient(int client) =>
        new(this, _keys[client % _keys.Length], _random.Fork(client.ToString(CultureInfo.InvariantCulture)), client);

    /// <summary>A key that did not exist, the next one after the newest.</summary>
    internal int NewKey() => Interlocked.Increment(ref _count) - 1;

    /// <summary>How many keys there are by now.</summary>
    internal int Count => Volatile.Read(ref _count);

    private string Name(int index) =>
        Settings.KeyPrefix + ((long)Settings.Min + index).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The operations of one client, one after another.</summary>
public sealed class ClientWorkload
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    private const int BitsEach = 6;
    private const int ClientDigits = 4;

    /// <summary>Enough for any client's number and count.</summary>
    private const int UniqueDigits = 15;

    private static readonly byte[] DigitBytes = Encoding.ASCII.GetBytes(Digits);

    private readonly Workload _workload;
    private readonly KeyDistribution _keys;
    private readonly Random _random;
    private readonly int _client;
    private long _own;
    private long _written;
    private string? _toWrite;

    internal ClientWorkload(Workload workload, KeyDistribution keys, Random random, int client)
    {
        (_workload, _keys, _random, _client) = (workload, keys, random, client);
        // Clients walk through their own keys from different places.
        _own = (long)client * 7919;
    }

    private WorkloadSettings Settings => _workload.Settings;

    /// <param name="elapsed">Since the load began.</param>
    public LoadOperation Next(TimeSpan elapsed)
    {
        if (_toWrite is { } read)
        {
            _toWrite = null;
            return new LoadOperation(read, NextValue());
        }

        if (Settings.Transactions > 0 && _random.NextDouble() < Settings.Transactions)
        {
            return Transaction(elapsed);
        }

        var index = _keys.Next(_random, ref _own, elapsed);
        if (_random.NextDouble() < Settings.W)
        {
            return Write(Settings.Inserts ? _workload.NewKey() : index);
        }

        if (Settings.ScanKeys > 0)
        {
            return Scan(index);
        }

        var key = _workload.Key(index);
        _toWrite = Settings.ReadModifyWrite > 0 && _random.NextDouble() < Settings.ReadModifyWrite ? key : null;
        return new LoadOperation(key, null);
    }

    /// <summary>A write of that key.</summary>
    /// <param name="index">From 0.</param>
    public LoadOperation Write(int index) => new(_workload.Key(index), NextValue());

    private LoadOperation Transaction(TimeSpan elapsed)
    {
        var parts = new LoadOperation[Settings.TransactionKeys];
        var indices = new HashSet<int>(parts.Length);
        for (var part = 0; part < parts.Length; part++)
        {
            var index = _keys.Next(_random, ref _own, elapsed);
            while (!indices.Add(index))
            {
                // The next one: drawing again might never end when one key is hot. There are enough keys, see WorkloadSettings.Fault.
                index = (index + 1) % _workload.Count;
            }

            parts[part] = new LoadOperation(_workload.Key(index), _random.NextDouble() < Settings.W ? NextValue() : null);
        }

        return new LoadOperation(parts[0].Key, null, parts);
    }

    private LoadOperation Scan(int first)
    {
        var count = Math.Min(1 + _random.Next(Settings.ScanKeys), _workload.Count - first);
        var parts = new LoadOperation[Math.Max(1, count)];
        for (var part = 0; part < parts.Length; part++)
        {
            parts[part] = new LoadOperation(_workload.Key(first + part), null);
        }

        return new LoadOperation(parts[0].Key, null, parts);
    }

    /// <summary>The client's number in the first four characters, how many it wrote in the next ones, the last ones first; then zeros.</summary>
    private byte[] NextValue()
    {
        var size = Settings.MaxValueBytes > Settings.ValueBytes ? _random.Next(Settings.ValueBytes, Settings.MaxValueBytes + 1) : Settings.ValueBytes;
        var value = new byte[size];
        var client = _client;
        var written = _written++;
        value.AsSpan(Math.Min(size, UniqueDigits)).Fill(DigitBytes[0]);
        for (var index = 0; index < Math.Min(size, UniqueDigits); index++)
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
