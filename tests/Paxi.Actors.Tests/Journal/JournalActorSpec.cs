using System.Globalization;
using Akka.Actor;
using Paxi.Actors.Journal;
using Paxi.Actors.Replicas;
using Paxi.TestKit.World;
using Xunit;
using static Paxi.Actors.Tests.Journal.StoreExtensions;

namespace Paxi.Actors.Tests.Journal;

/// <summary>Group commit, the order of the answers, and silence after a fault, with a store that ends commits when it is told to.</summary>
public sealed class JournalActorSpec : SimulationSpec
{
    private readonly ScriptedStore _store = new();
    private readonly Akka.TestKit.TestProbe _replica;
    private readonly Akka.TestKit.TestProbe _other;
    private readonly IActorRef _journal;

    public JournalActorSpec()
    {
        _replica = CreateTestProbe("replica");
        _other = CreateTestProbe("other");
        _journal = Sys.ActorOf(JournalActor.Props(_store, _replica.Ref), "journal");
    }

    [Fact]
    public void A_lone_request_is_committed_at_once_and_answered_when_it_is_durable()
    {
        Persist("a");
        World.Settle();
        Assert.Equal("a", Assert.Single(_store.Calls).Keys);
        ExpectNothing(TimeSpan.FromHours(1));
        End();
        Assert.Equal("a", Expect<Persisted>().Token);
    }

    [Fact]
    public void What_waits_goes_together_and_is_answered_in_order_to_whom_it_belongs()
    {
        Persist("a");
        World.Settle();
        Persist("b", "b2");
        Persist("c", from: _other);
        Persist();
        Persist("d");
        World.Settle();
        Assert.Single(_store.Calls);
        End();
        Assert.Equal("a", Expect<Persisted>().Token);
        ExpectNothing(TimeSpan.FromHours(1));
        Assert.Equal(["a", "b b2 c d"], _store.Calls.Select(call => call.Keys));
        End();
        Assert.Equal(["b", "", "d"], Enumerable.Range(0, 3).Select(_ => (string)Expect<Persisted>().Token));
        Assert.Equal("c", Expect<Persisted>(_other).Token);
        ExpectNothing(TimeSpan.FromHours(1), _other);
        Assert.Equal(2, _store.Calls.Count);
    }

    [Fact]
    public void A_commit_takes_no_further_request_once_it_is_large_but_one_always()
    {
        Persist("first");
        World.Settle();
        var half = new byte[JournalActor.BytesPerCommit / 2];
        foreach (var name in new[] { "a", "b", "c" })
        {
            _journal.Tell(new Persist([JournalWrite.Put(1, name.Bytes(), half)], name), TestActor);
        }

        _journal.Tell(new Persist([JournalWrite.Put(1, "d".Bytes(), new byte[3 * JournalActor.BytesPerCommit])], "d"), TestActor);
        Persist("e");
        for (var commit = 0; commit < 4; commit++)
        {
            World.Settle();
            End();
        }

        World.Settle();
        Assert.Equal(["first", "a b", "c d", "e"], _store.Calls.Select(call => call.Keys));
        Assert.Equal(["first", "a", "b", "c", "d", "e"], Enumerable.Range(0, 6).Select(_ => (string)Expect<Persisted>().Token));
    }

    /// <summary>Commits that end inside their call nest nowhere.</summary>
    [Fact]
    public void A_store_that_ends_inside_the_call_answers_all_in_order()
    {
        _store.EndsInside = true;
        string[] names = [.. Enumerable.Range(0, 20_000).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        foreach (var name in names)
        {
            Persist(name);
        }

        World.Settle();
        Assert.Equal(names, names.Select(_ => (string)Expect<Persisted>().Token));
        Assert.Equal(names, _store.Calls.Select(call => call.Keys));
    }

    [Fact]
    public void After_a_fault_the_replica_is_told_once_and_nobody_is_answered_any_more()
    {
        Persist("a");
        World.Settle();
        Persist("b");
        World.Settle();
        End(new JournalException("no space left"));
        Assert.Equal("no space left", Expect<JournalFailed>(_replica).Fault.Message);
        Persist("c");
        ExpectNothing(TimeSpan.FromHours(1));
        ExpectNothing(TimeSpan.FromHours(1), _replica);
        Assert.Equal("a", Assert.Single(_store.Calls).Keys);
        Assert.Equal("no space left", Status()["fault"]);
        Assert.Equal("0", Status()["waiting"]);
    }

    public static TheoryData<Exception, string> Thrown => new()
    {
        { new JournalException("the journal is closed"), "the journal is closed" },
        { new IOException("cut off"), "the journal cannot write: cut off" },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void A_store_that_throws_has_failed(Exception fault, string message)
    {
        _store.Throws = fault;
        Persist("a");
        Persist("b");
        Assert.Equal(message, Expect<JournalFailed>(_replica).Fault.Message);
        ExpectNothing(TimeSpan.FromHours(1));
        ExpectNothing(TimeSpan.FromHours(1), _replica);
        Assert.Equal(1, _store.Attempts);
    }

    [Fact]
    public void A_fault_inside_the_call_is_one()
    {
        _store.EndsInside = true;
        _store.Fault = new JournalException("failed a write");
        Persist("a");
        Assert.Equal("failed a write", Expect<JournalFailed>(_replica).Fault.Message);
        ExpectNothing(TimeSpan.FromHours(1));
    }

    /// <summary>The end of one commit, told twice, is not the end of the next.</summary>
    [Fact]
    public void An_end_counts_for_its_own_commit_only()
    {
        Persist("a");
        World.Settle();
        Persist("b");
        World.Settle();
        End(call: 0);
        End(call: 0);
        Assert.Equal("a", Expect<Persisted>().Token);
        ExpectNothing(TimeSpan.FromHours(1));
        End(new JournalException("late"), call: 0);
        ExpectNothing(TimeSpan.FromHours(1), _replica);
        End(call: 1);
        Assert.Equal("b", Expect<Persisted>().Token);
    }

    [Fact]
    public void Its_status_counts_what_is_durable()
    {
        Persist("a");
        World.Settle();
        Persist("b", "c");
        Persist("d");
        World.Settle();
        Assert.Equal("3", Status()["waiting"]);
        End();
        World.Settle();
        End();
        World.Settle();
        var status = Status();
        Assert.Equal(("2", "2.0", "8", "0", "none"),
            (status["commits"], status["records_per_commit"], status["bytes"], status["waiting"], status["fault"]));
    }

    private void Persist(params string[] keys) => Persist(keys, TestActor);

    private void Persist(string key, Akka.TestKit.TestProbe from) => Persist([key], from.Ref);

    /// <summary>A request that puts these keys; its token is the first of them.</summary>
    private void Persist(string[] keys, IActorRef from) =>
        _journal.Tell(new Persist([.. keys.Select(key => Put(1, key, "v"))], keys.Length == 0 ? "" : keys[0]), from);

    /// <summary>Ends a commit; the last one when none is named.</summary>
    private void End(JournalException? fault = null, int call = -1)
    {
        (call < 0 ? _store.Calls[^1] : _store.Calls[call]).Done(fault);
        World.Settle();
    }

    private Dictionary<string, string> Status()
    {
        _journal.Tell(StatusQuery.Instance, _other.Ref);
        return Expect<RoleStatus>(_other).Values.ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private sealed class ScriptedStore : IJournalStore
    {
        public List<(string Keys, Action<JournalException?> Done)> Calls { get; } = [];

        public bool EndsInside { get; set; }

        public JournalException? Fault { get; set; }

        public Exception? Throws { get; set; }

        public int Attempts { get; private set; }

        public bool IsVolatile => true;

        public IEnumerable<KeyValuePair<byte[], byte[]>> Read(byte table, ReadOnlyMemory<byte> from = default) => [];

        public void Commit(IReadOnlyList<JournalWrite> writes, Action<JournalException?> done)
        {
            Attempts++;
            if (Throws is not null)
            {
                throw Throws;
            }

            Calls.Add((string.Join(' ', writes.Select(write => System.Text.Encoding.UTF8.GetString(write.Key.Span))), done));
            if (EndsInside)
            {
                done(Fault);
            }
        }

        public void Dispose()
        {
        }
    }
}
