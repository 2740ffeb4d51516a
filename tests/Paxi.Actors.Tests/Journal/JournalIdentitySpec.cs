using Paxi.Actors.Journal;
using Xunit;
using static Paxi.Actors.Tests.Journal.StoreExtensions;

namespace Paxi.Actors.Tests.Journal;

public sealed class JournalIdentitySpec : IDisposable
{
    private static readonly JournalIdentity Mine = new(new ReplicaId(1, 1), "paxos");
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("1.2", "paxos", "belongs to replica 1.1 (paxos); it cannot be opened as 1.2 (paxos)")]
    [InlineData("1.1", "wpaxos", "belongs to replica 1.1 (paxos); it cannot be opened as 1.1 (wpaxos)")]
    public void Another_replica_or_algorithm_is_refused_and_nothing_changes(string id, string algorithm, string expected)
    {
        using (var store = new RocksDbJournalStore(_directory.Path, Mine))
        {
            store.CommitAndWait(Put(1, "a", "1"));
        }

        var before = Contents();
        var fault = Fault(new JournalIdentity(ReplicaId.Parse(id), algorithm));
        Assert.Equal($"{_directory.Path} {expected}; give this one another directory (--data or paxi.data)", fault.Message);
        Assert.Equal(before, Contents());
        using var again = new RocksDbJournalStore(_directory.Path, Mine);
        Assert.Equal("a=1", again.Text(1));
    }

    [Fact]
    public void A_directory_with_foreign_files_is_refused_and_nothing_changes()
    {
        Directory.CreateDirectory(_directory.Path);
        File.WriteAllText(_directory.File("thesis.txt"), "mine");
        var before = Contents();
        var fault = Fault(Mine);
        Assert.Equal($"{_directory.Path} holds files that are no journal's (thesis.txt); the journal of 1.1 (paxos) needs an empty directory "
            + "or its own", fault.Message);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_is_refused()
    {
        File.WriteAllText(_directory.Path, "mine");
        Assert.Equal($"{_directory.Path} is a file; the journal of 1.1 (paxos) needs a directory", Fault(Mine).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("paxi-journal format=1 replica=1.1\n")]
    [InlineData("paxi-journal format=1 replica=x algorithm=paxos\n")]
    [InlineData("something else entirely\n")]
    public void A_damaged_identity_is_refused(string text)
    {
        new RocksDbJournalStore(_directory.Path, Mine).Dispose();
        File.WriteAllText(_directory.File("replica"), text);
        Assert.EndsWith($"does not say whose journal {_directory.Path} is; it cannot be opened as 1.1 (paxos)", Fault(Mine).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_format_is_refused()
    {
        new RocksDbJournalStore(_directory.Path, Mine).Dispose();
        File.WriteAllText(_directory.File("replica"), "paxi-journal format=3 replica=1.1 algorithm=paxos\n");
        Assert.Equal($"{_directory.Path} has the journal format 3; this program reads and writes format 2", Fault(Mine).Message);
    }

    /// <summary>The log was decided and executed by those rules; by others its replicas would not come to the same state.</summary>
    [Theory]
    [InlineData("voters=1.1,1.2 sessions.max=9", "was written with sessions.max = 8; it cannot be opened with 9")]
    [InlineData("voters=1.1,1.2,1.3 sessions.max=8", "was written with voters = 1.1,1.2; it cannot be opened with 1.1,1.2,1.3")]
    [InlineData("voters=1.1,1.2", "was written with sessions.max = 8; it cannot be opened with nothing")]
    [InlineData("voters=1.1,1.2 sessions.max=8 more=1", "was written with more = nothing; it cannot be opened with 1")]
    public void Other_settings_are_refused_and_nothing_changes(string settings, string expected)
    {
        var mine = Mine with { Settings = "voters=1.1,1.2 sessions.max=8" };
        new RocksDbJournalStore(_directory.Path, mine).Dispose();
        var before = Contents();
        Assert.Equal($"{_directory.Path} {expected}", Fault(Mine with { Settings = settings }).Message);
        Assert.Equal(before, Contents());
        new RocksDbJournalStore(_directory.Path, mine).Dispose();
    }

    [Fact]
    public void A_directory_that_was_half_made_is_made_whole()
    {
        Directory.CreateDirectory(_directory.Path);
        File.WriteAllText(_directory.File("replica.new"), "paxi-jour");
        File.WriteAllText(_directory.File("synced"), "");
        using var store = new RocksDbJournalStore(_directory.Path, Mine);
        Assert.Null(store.CommitAndWait(Put(1, "a", "1")));
    }

    [Fact]
    public void A_journal_in_use_is_refused_and_names_the_process()
    {
        using var store = new RocksDbJournalStore(_directory.Path, Mine);
        Assert.StartsWith($"{_directory.Path} is in use by process {Environment.ProcessId}", Fault(Mine).Message, StringComparison.Ordinal);
        Assert.Null(store.CommitAndWait(Put(1, "a", "1")));
    }

    private JournalException Fault(JournalIdentity identity)
    {
        var fault = Assert.Throws<JournalException>(() => new RocksDbJournalStore(_directory.Path, identity));
        Assert.DoesNotContain('\n', fault.Message);
        return fault;
    }

    private string Contents() => string.Join('\n', Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}"));
}
