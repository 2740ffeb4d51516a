using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>The table that the roles keep a row of each object in, and the learner's, which reads it in the order of the objects.</summary>
public sealed class ObjectTableTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(20_000)]
    public void Every_object_has_its_row_however_often_buckets_were_split(int objects)
    {
        var table = new ObjectTable<long>();
        for (var number = 0; number < objects; number++)
        {
            Assert.Equal(number, table.GetOrAdd(Key(number), out var isKnown));
            Assert.False(isKnown);
            table[number] = -number;
        }

        Assert.Equal(objects, table.Count);
        for (var number = 0; number < objects; number++)
        {
            Assert.Equal(number, table.Find(Key(number)));
            Assert.Equal(number, table.GetOrAdd(Key(number), out var isKnown));
            Assert.True(isKnown);
            Assert.Equal(Key(number), table.KeyAt(number));
            Assert.Equal(-number, table.GetValueOrDefault(Key(number)));
        }

        Assert.Equal(objects, table.Count);
        Assert.Equal(-1, table.Find(Key(objects)));
        Assert.Equal(0, table.GetValueOrDefault(Key(objects)));
    }

    [Fact]
    public void A_row_stays_where_it_is_while_others_are_made()
    {
        var table = new ObjectTable<long>();
        ref var first = ref table[table.GetOrAdd(Key(0), out _)];
        for (var number = 1; number < 2_000; number++)
        {
            table.GetOrAdd(Key(number), out _);
        }

        first = 7;
        Assert.Equal(7, table.GetValueOrDefault(Key(0)));
    }

    [Fact]
    public void The_learner_reads_its_buckets_in_parts_ascending_and_whole()
    {
        const int objects = 5_000;
        var table = new LearnerTable();
        for (var number = 0; number < objects; number++)
        {
            table.Advance(PlaceOf(number), isDirty: number % 2 == 0);
        }

        var read = new List<Place>();
        for (var bucket = 0; bucket < WPaxosWire.Buckets; bucket++)
        {
            var first = read.Count;
            bool isLast;
            do
            {
                (var places, isLast) = table.Read(bucket, read.Count == first ? default : read[^1].Object, 3);
                read.AddRange(places);
            }
            while (!isLast);

            for (var index = first + 1; index < read.Count; index++)
            {
                Assert.True(read[index - 1].Object < read[index].Object);
            }
        }

        Assert.Equal(Enumerable.Range(0, objects).Select(PlaceOf).OrderBy(place => place.Object), read.OrderBy(place => place.Object));
        Assert.All(Enumerable.Range(0, objects), number => Assert.Equal(number % 2 == 0, table.IsDirty(Key(number))));
    }

    [Fact]
    public void The_first_proposal_of_an_object_gets_the_name_that_the_acceptor_has()
    {
        var table = new AcceptorTable();
        var (known, other) = (Key(1), Key(1));
        var proposal = new Proposal(new Place(other, Ballot.Parse("1.1.1"), 1), Batch.NoOp);
        Assert.Same(proposal, table.Rename(proposal));
        table.Row(known);
        var renamed = table.Rename(proposal);
        Assert.Same(known.Bytes, renamed.Place.Object.Bytes);
        Assert.Equal(proposal, renamed);
        Assert.Same(renamed, table.Rename(renamed));
    }

    private static Place PlaceOf(int number) => new(Key(number), new Ballot((uint)number + 1, new ReplicaId(1, 1)), number + 1);

    private static ObjectKey Key(int number) => new(number.ToString(CultureInfo.InvariantCulture));
}
