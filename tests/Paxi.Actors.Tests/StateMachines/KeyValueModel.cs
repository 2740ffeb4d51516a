using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;

namespace Paxi.Actors.Tests.StateMachines;

/// <summary>The key-value store as one would write it down: lists of values in a dictionary, copied for each transaction.</summary>
internal sealed class KeyValueModel(int maxVersions)
{
    private Dictionary<string, List<byte[]>> _keys = [];

    public IReadOnlyDictionary<string, List<byte[]>> Keys => _keys;

    /// <summary>The reply, or null where the command is refused.</summary>
    public Reply? Apply(Command command)
    {
        if (command is not Transact transaction)
        {
            return One((KeyCommand)command);
        }

        var before = _keys.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
        Reply[] parts = [.. transaction.Commands.Select(One)];
        if (parts.Zip(transaction.Commands).Sum(pair => Size(pair.First, pair.Second)) <= KeyValueStore.MaxTransactionBytes)
        {
            return new Reply { Outcome = Outcome.Done, Parts = parts };
        }

        _keys = before;
        return null;
    }

    private Reply One(KeyCommand command)
    {
        var before = _keys.TryGetValue(command.Key, out var versions) ? versions[^1] : null;
        var reply = new Reply { Outcome = Outcome.Done, Value = before is null ? (ReadOnlyMemory<byte>?)null : before };
        switch (command)
        {
            case Set set:
                Write(set.Key, set.Value.ToArray());
                break;
            case Delete delete:
                _keys.Remove(delete.Key);
                break;
            case CompareAndSet swap:
                var matches = swap.Expected is { } expected ? before is not null && expected.Span.SequenceEqual(before) : before is null;
                if (matches)
                {
                    Write(swap.Key, swap.Value.ToArray());
                }

                return reply with { Swapped = matches };
            case GetHistory:
                return new Reply { Outcome = Outcome.Done, Versions = [.. (versions ?? []).Select(version => (ReadOnlyMemory<byte>)version)] };
        }

        return reply;
    }

    private void Write(string key, byte[] value)
    {
        if (!_keys.TryGetValue(key, out var versions))
        {
            _keys.Add(key, versions = []);
        }

        versions.Add(value);
        while (versions.Count > maxVersions || (versions.Count > 1 && versions.Sum(version => version.Length) > KeyValueStore.MaxHistoryBytes))
        {
            versions.RemoveAt(0);
        }
    }

    private static int Size(Reply part, KeyCommand command)
    {
        var length = part.Value?.Length ?? 0;
        var prefix = part.Value is null ? 0 : length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : 3;
        return (command is CompareAndSet ? 1 : 0) + 1 + prefix + length;
    }
}

/// <summary>Random commands over few keys, so that they meet.</summary>
internal sealed class RandomCommands(Random random, int longest, int shortPercent = 66)
{
    private static readonly string[] Names = ["a", "b", "ab", "é", "日本", "key-with-eight-more", "key-with-eight-mord", "a\0"];

    public Command Next() => random.Next(8) == 0
        ? new Transact([.. Enumerable.Range(0, random.Next(1, 16)).Select(_ => Single(isPart: true))])
        : Single(isPart: false);

    private KeyCommand Single(bool isPart)
    {
        var key = Names[random.Next(Names.Length)];
        return random.Next(isPart ? 6 : 7) switch
        {
            0 or 1 => new Get(key),
            2 => new Set(key, Value(isPart)),
            3 => new CompareAndSet(key, random.Next(3) == 0 ? null : Value(isPart), Value(isPart)),
            4 => new Delete(key),
            5 => new Set(key, Value(isPart)),
            _ => new GetHistory(key),
        };
    }

    /// <summary>
    /// Mostly one of a few short values, so that a compare-and-set may hit; else any length. In a transaction the longest are left out, so
    /// that it keeps its own limit.
    /// </summary>
    private byte[] Value(bool isPart)
    {
        if (random.Next(100) < shortPercent)
        {
            return new byte[random.Next(3)];
        }

        var limit = random.Next(100) < shortPercent ? Math.Min(longest, 600) : longest;
        var value = new byte[random.Next((isPart ? limit / 40 : limit) + 1)];
        random.NextBytes(value);
        return value;
    }
}
