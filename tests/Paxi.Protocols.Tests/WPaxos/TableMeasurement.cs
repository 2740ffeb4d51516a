using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.WPaxos;
using Xunit;
using Xunit.Abstractions;

namespace Paxi.Protocols.Tests.WPaxos;

/// <summary>What the tables of the roles take for an object at rest; prints, and runs only when the environment variable PAXI_MEASURE is set.</summary>
public sealed class TableMeasurement(ITestOutputHelper output)
{
    private static readonly ReplicaId One = new(1, 1);
    private static readonly bool IsAsked = Environment.GetEnvironmentVariable("PAXI_MEASURE") is not null;

    [Theory]
    [InlineData(725_000)]
    [InlineData(1_000_000)]
    public void Bytes_per_object(int objects)
    {
        if (!IsAsked)
        {
            return;
        }

        var ballot = Ballot.Zero.Next(One);
        var keys = new ObjectKey[objects];
        var total = Measure("names of 7 bytes, once", () =>
        {
            for (var index = 0; index < objects; index++)
            {
                keys[index] = new ObjectKey(index.ToString("0000000", CultureInfo.InvariantCulture));
            }

            return keys;
        });
        total += Measure("owner table", () =>
        {
            var table = new OwnerTable();
            Array.ForEach(keys, key => table[key] = new OwnerRow(ballot, 1, IsOwned: true));
            return table;
        });
        total += Measure("acceptor table", () =>
        {
            var table = new AcceptorTable();
            foreach (var key in keys)
            {
                ref var row = ref table.Row(key);
                row.Promise(ballot);
                table.Truncate(ref row, key, 1, []);
            }

            return table;
        });
        total += Measure("learner table", () =>
        {
            var table = new LearnerTable();
            Array.ForEach(keys, key => table.Advance(new Place(key, ballot, 1), isDirty: false));
            return table;
        });
        Print($"{objects} objects: {total:0.0} bytes each in all");
        Assert.True(total > 0);

        double Measure(string what, Func<object> fill)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var filled = fill();
            var elapsed = clock.Elapsed;
            var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)objects;
            GC.KeepAlive(filled);
            Print($"{what}: {each:0.0} bytes an object, filled in {elapsed.TotalMilliseconds:0} ms");
            return each;
        }
    }

    private void Print(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
