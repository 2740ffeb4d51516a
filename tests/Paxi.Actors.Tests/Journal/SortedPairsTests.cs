using Paxi.Actors.Journal;
using Xunit;

namespace Paxi.Actors.Tests.Journal;

/// <summary>Against a tree of the framework, which is right and slow.</summary>
public sealed class SortedPairsTests
{
    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(2, 3, 14)]
    [InlineData(3, 3, 40)]
    [InlineData(4, 250, 0)]
    [InlineData(5, 2, 16)]
    public void It_holds_what_was_put_and_not_deleted_in_the_order_of_the_keys(int seed, int letters, int commonBytes)
    {
        var random = new Random(seed);
        var pairs = new SortedPairs();
        var model = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other)));
        for (var step = 0; step < 30_000; step++)
        {
            // It grows and shrinks in turns.
            var isGrowing = step / 5_000 % 2 == 0;
            switch (random.Next(100))
            {
                case var dice when dice < (isGrowing ? 80 : 20):
                    var (key, value) = (Key(random, letters, commonBytes), BitConverter.GetBytes(step));
                    model[key] = value;
                    pairs.Put(key, value);
                    break;
                case 99:
                    var (from, until) = (Key(random, letters, commonBytes), Key(random, letters, commonBytes));
                    DeleteRange(model, from, until);
                    pairs.DeleteRange(from, until);
                    break;
                default:
                    var gone = model.Count > 0 && random.Next(2) == 0 ? model.Keys.ElementAt(random.Next(Math.Min(model.Count, 50))) : Key(random, letters, commonBytes);
                    model.Remove(gone);
                    pairs.Delete(gone);
                    break;
            }

            if (step % 500 == 0)
            {
                AssertSame(model, pairs, Key(random, letters, commonBytes));
            }
        }

        AssertSame(model, pairs, []);
        pairs.DeleteRange([], [.. Enumerable.Repeat(byte.MaxValue, 64)]);
        Assert.Equal(0, pairs.Count);
        Assert.Empty(pairs.From([]));
    }

    [Fact]
    public void A_log_that_grows_and_is_cut_at_its_start_keeps_its_order()
    {
        var pairs = new SortedPairs();
        for (var slot = 0; slot < 10_000; slot++)
        {
            pairs.Put(JournalKey.Of(slot), [1]);
            if (slot % 1_000 == 999)
            {
                pairs.DeleteRange(JournalKey.Of(0), JournalKey.Of(slot - 100));
            }
        }

        Assert.Equal(Enumerable.Range(9_899, 101).Select(static slot => (long)slot), pairs.From([]).Select(static pair => JournalKey.ToInt64(pair.Key)));
    }

    private static byte[] Key(Random random, int letters, int commonBytes)
    {
        var key = new byte[commonBytes + random.Next(8)];
        for (var index = commonBytes; index < key.Length; index++)
        {
            // Zeros too: a short key's head ends in them.
            key[index] = (byte)random.Next(letters);
        }

        return key;
    }

    private static void DeleteRange(SortedDictionary<byte[], byte[]> model, byte[] from, byte[] until)
    {
        var going = model.Keys.Where(key => key.AsSpan().SequenceCompareTo(from) >= 0 && key.AsSpan().SequenceCompareTo(until) < 0).ToList();
        foreach (var key in going)
        {
            model.Remove(key);
        }
    }

    private static void AssertSame(SortedDictionary<byte[], byte[]> model, SortedPairs pairs, byte[] from)
    {
        Assert.Equal(model.Count, pairs.Count);
        Assert.Equal(
            model.Where(pair => pair.Key.AsSpan().SequenceCompareTo(from) >= 0).Select(static pair => $"{Convert.ToHexString(pair.Key)}={Convert.ToHexString(pair.Value)}"),
            pairs.From(from).Select(static pair => $"{Convert.ToHexString(pair.Key)}={Convert.ToHexString(pair.Value)}"));
    }
}
