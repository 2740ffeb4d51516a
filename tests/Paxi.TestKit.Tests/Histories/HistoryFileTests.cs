using System.Text;
using Paxi.TestKit.Histories;
using Paxi.TestKit.Tests.Linearizability;
using Xunit;
using static Paxi.TestKit.Tests.Linearizability.HistoryBuilder;

namespace Paxi.TestKit.Tests.Histories;

/// <summary>The text of histories: what is read, what is refused, and in which words.</summary>
public class HistoryFileTests
{
    private const string Set1 = """{"client":1,"op":"set","key":"k","value":"a","ok":true,"start":0,"end":10}""";

    /// <summary>What follows the first line of a good file, and what is said of it.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        // Not an operation.
        { "{\"client\":1", "line 2: not a JSON object (at byte" },
        { "[1]", "line 2: expected a JSON object with the fields client, op, key" },
        { "hello", "line 2: not a JSON object (at byte 1); expected one operation a line" },
        { Set1 + " " + Set1, "line 2: not a JSON object (at byte" },
        { "{}", "line 2: missing field client; expected a whole number" },
        { """{"client":2,"op":"get","key":"k","ok":true,"start":0,"end":1,"colour":"red"}""", "line 2: unknown field \"colour\"; expected one of client, op, key" },
        { """{"client":2,"client":3,"op":"get","key":"k","ok":true,"start":0,"end":1}""", "line 2: the field client stands twice" },

        // Fields of the wrong kind, or missing.
        { """{"client":"x","op":"get","key":"k","ok":true,"start":0,"end":1}""", "line 2: client is \"x\"; expected a whole number" },
        { """{"client":2,"op":"put","key":"k","ok":true,"start":0,"end":1}""", "line 2: unknown op \"put\"; expected get, set, cas, delete or txn" },
        { """{"client":2,"op":"get","ok":true,"start":0,"end":1}""", "line 2: missing field key; expected a string" },
        { """{"client":2,"op":"get","key":null,"ok":true,"start":0,"end":1}""", "line 2: key is null; expected a string" },
        { """{"client":2,"op":"get","key":["k"],"ok":true,"start":0,"end":1}""", "line 2: key is a list; expected a string" },
        { """{"client":2,"op":"get","key":"k","start":0,"end":1}""", "line 2: missing field ok; expected true, false or null" },
        { """{"client":2,"op":"get","key":"k","ok":"yes","start":0,"end":1}""", "line 2: ok is \"yes\"; expected true, false or null" },
        { """{"client":2,"op":"get","key":"k","ok":true,"start":0.5,"end":1}""", "line 2: start is 0.5; expected a whole number of nanoseconds" },
        { """{"client":2,"op":"get","key":"k","ok":true,"start":99999999999999999999,"end":1}""", "line 2: start is 99999999999999999999" },
        { """{"client":2,"op":"set","key":"k","ok":true,"start":0,"end":1}""", "line 2: missing value; a set writes a string" },
        { """{"client":2,"op":"cas","key":"k","value":"b","ok":true,"start":0,"end":1}""", "line 2: missing swapped; a completed cas has true or false" },

        // Times that cannot be.
        { """{"client":2,"op":"get","key":"k","ok":true,"start":5,"end":4}""", "line 2: the end 4 is before the start 5" },
        { """{"client":2,"op":"get","key":"k","ok":true,"start":5}""", "line 2: missing end; expected a time in nanoseconds, because ok is true" },
        { """{"client":2,"op":"get","key":"k","ok":false,"start":5,"end":null}""", "line 2: missing end; expected a time in nanoseconds, because ok is false" },
        { """{"client":2,"op":"get","key":"k","ok":null,"start":5,"end":6}""", "line 2: the outcome is unknown (ok is null) but the operation has an end" },
        { """{"client":2,"op":"get","key":"k","ok":true,"start":5,"end":9223372036854775807}""", "line 2: a time beyond" },

        // Transactions.
        { """{"client":2,"op":"txn","ok":true,"start":0,"end":1}""", "line 2: missing field ops; expected a list of operations" },
        { """{"client":2,"op":"txn","ops":[],"ok":true,"start":0,"end":1}""", "line 2: a txn without operations" },
        { """{"client":2,"op":"txn","ops":[{"op":"txn","ops":[]}],"ok":true,"start":0,"end":1}""", "line 2: unknown op \"txn\"; expected get, set, cas or delete inside a txn" },
        { """{"client":2,"op":"txn","ops":[{"op":"get","key":"k"},{"op":"set","key":"k"}],"ok":true,"start":0,"end":1}""", "line 2: ops[1]: missing value" },

        // What one client cannot have done.
        { """{"client":1,"op":"get","key":"x","ok":true,"start":9,"end":20}""", "line 2: client 1: 'get x → absent' starting at 9 overlaps the operation of line 1" },
        { Set1, "line 2: client 1: 'set k \"a\"' starting at 0 duplicates the operation of line 1, of the same client with the same start" },
    };

    public static TheoryData<string, string> MalformedCsv => new()
    {
        { "k,a,,0", "line 2: 4 fields; expected key,input,output,start,end" },
        { "k,a,,zero,1", "line 2: start is 'zero'; expected a whole number of nanoseconds" },
        { "k,a,,0,", "line 2: end is ''; expected a whole number of nanoseconds" },
        { "k,a,,5,4", "line 2: the end 4 is before the start 5" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_line_is_named(string second, string said) =>
        Assert.StartsWith(said, Assert.Throws<HistoryException>(() => Read(Set1 + "\n" + second)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(MalformedCsv))]
    public void A_malformed_line_of_Paxis_form_is_named(string second, string said) =>
        Assert.StartsWith(said, Assert.Throws<HistoryException>(() => Read("k,a,,0,1\n" + second)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_message_is_one_line_and_tells_its_line()
    {
        foreach (string second in Malformed.Select(static row => (string)row[0]))
        {
            HistoryException fault = Assert.Throws<HistoryException>(() => Read(Set1 + "\n\n" + second));
            Assert.Equal(3, fault.Line);
            Assert.DoesNotContain('\n', fault.Message);
        }
    }

    [Fact]
    public void Text_that_is_no_utf8_is_named()
    {
        byte[] line = [.. Encoding.UTF8.GetBytes("""{"client":2,"op":"get","key":" """.TrimEnd()), 0xFF, 0xFE, .. "\",\"ok\":true,\"start\":0,\"end\":1}"u8];
        HistoryException fault = Assert.Throws<HistoryException>(() => HistoryFile.Read(new MemoryStream(line)));
        Assert.Equal(1, fault.Line);
    }

    [Fact]
    public void What_one_client_did_may_touch_and_go_on_after_an_unknown_outcome()
    {
        History history = Read("""
            {"client":1,"op":"set","key":"k","value":"a","ok":null,"start":0,"end":null}
            {"client":1,"op":"get","key":"k","result":null,"ok":true,"start":5,"end":10}
            {"client":1,"op":"get","key":"k","result":"a","ok":true,"start":10,"end":20}
            """);
        Assert.Equal(3, history.Operations.Count);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var shape = new RandomShape { Operations = 40, Keys = 3, Cas = 0.3, Delete = 0.1, Transactions = 0.2, Unknown = 0.2, Failed = 0.1, Found = 0.3 };
            var history = new History(new RandomHistory(new Random(seed), shape).Make());
            var stream = new MemoryStream();
            HistoryFile.Write(stream, history);
            stream.Position = 0;
            History copy = HistoryFile.Read(stream);
            Assert.Equal(history.Operations.Select(Text), copy.Operations.Select(Text));
            Assert.Equal(Enumerable.Range(1, copy.Operations.Count), copy.Operations.Select(static operation => operation.Line));
        }
    }

    [Fact]
    public void Keys_and_values_may_hold_anything()
    {
        string[] texts = ["", " ", "\"\\\u0000\n", "null", "長い", "\ud83d\ude00", new string('x', 1 << 20)];
        var history = new History(texts.Select((text, index) => Set(index, text, text, 0, 10)));
        var stream = new MemoryStream();
        HistoryFile.Write(stream, history);
        stream.Position = 0;
        Assert.Equal(texts, HistoryFile.Read(stream).Operations.Select(static operation => operation.Value));
    }

    [Fact]
    public void Line_ends_blank_lines_and_a_byte_order_mark_do_not_matter()
    {
        string second = Set1.Replace("\"client\":1", "\"client\":2", StringComparison.Ordinal);
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Set1}\r\n\r\n  {second}  ")];
        History history = HistoryFile.Read(new MemoryStream(bytes));
        Assert.Equal([1, 3], history.Operations.Select(static operation => operation.Line));
        Assert.Equal(2, HistoryFile.Read(new StringReader(Set1 + "\r\n" + second)).Operations.Count);
    }

    [Fact]
    public void A_line_may_be_split_anywhere()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 50).Select(client => $"{Set1.Replace(":1,", $":{client},", StringComparison.Ordinal)}\n")));
        for (int piece = 1; piece < 90; piece += 7)
        {
            Assert.Equal(50, HistoryFile.Read(new Trickle(bytes, piece)).Operations.Count);
        }
    }

    [Fact]
    public void Paxis_form_is_read()
    {
        History history = Read("""
            key,input,output,start,end
            1,a,,0,100
            1,,a,50,150
            1, null ,<nil>,200,300
            """);
        Assert.Equal([OperationKind.Set, OperationKind.Get, OperationKind.Get], history.Operations.Select(static operation => operation.Kind));
        Assert.Equal(["a", null, null], history.Operations.Select(static operation => operation.Value));
        Assert.Equal([null, "a", null], history.Operations.Select(static operation => operation.Result));

        // The form names no clients: operations that overlap are of different ones.
        Assert.Equal([1L, 2L, 1L], history.Operations.Select(static operation => operation.Client));
        Assert.All(history.Operations, static operation => Assert.True(operation.Ok));
    }

    [Fact]
    public void An_empty_file_is_an_empty_history() => Assert.Empty(Read("\n \n").Operations);

    [Fact]
    public void A_recorded_history_with_a_client_that_overlaps_itself_is_named()
    {
        var recorder = new HistoryRecorder(static () => 0);
        int first = recorder.Invoke(1, OperationKind.Get, "k");
        int second = recorder.Invoke(1, OperationKind.Get, "k");
        recorder.Complete(first);
        recorder.Complete(second);
        Assert.Contains("overlaps 'get k", Assert.Throws<HistoryException>(recorder.ToHistory).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => recorder.Complete(first));
    }

    [Fact]
    public void A_recorder_never_loses_the_order_of_events_to_a_coarse_clock()
    {
        var recorder = new HistoryRecorder(static () => 5);
        recorder.Complete(recorder.Invoke(1, OperationKind.Set, "k", "a"));
        recorder.Complete(recorder.Invoke(2, OperationKind.Get, "k"), "a");
        int open = recorder.Invoke(2, OperationKind.Get, "k");
        IReadOnlyList<Operation> operations = recorder.ToHistory().Operations;
        Assert.True(operations[0].End < operations[1].Start);
        Assert.Null(operations[open].Ok);
    }

    private static History Read(string text) => HistoryFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static string Text(Operation operation) =>
        $"{operation.Client} {operation.Kind} {operation.Ok} {operation.Start} {operation.End} {operation.Describe()} {string.Join(';', operation.Parts.Select(Text))}";

    private sealed class Trickle(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
