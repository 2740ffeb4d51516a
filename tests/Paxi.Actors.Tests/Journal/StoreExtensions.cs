using System.Text;
using Paxi.Actors.Journal;

namespace Paxi.Actors.Tests.Journal;

internal static class StoreExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static byte[] Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    public static JournalWrite Put(byte table, string key, string value) => JournalWrite.Put(table, key.Bytes(), value.Bytes());

    /// <summary>Commits and waits for the end; returns the fault.</summary>
    public static JournalException? CommitAndWait(this IJournalStore store, params JournalWrite[] writes)
    {
        using var ended = new ManualResetEventSlim();
        JournalException? fault = null;
        store.Commit(writes, result =>
        {
            fault = result;
            ended.Set();
        });
        Xunit.Assert.True(ended.Wait(Patience), "the commit did not end");
        return fault;
    }

    /// <summary>The table as text: <c>a=1 b=2</c>.</summary>
    public static string Text(this IJournalStore store, byte table, string from = "") =>
        string.Join(' ', store.Read(table, from.Bytes())
            .Select(pair => $"{Encoding.UTF8.GetString(pair.Key)}={Encoding.UTF8.GetString(pair.Value)}"));
}
