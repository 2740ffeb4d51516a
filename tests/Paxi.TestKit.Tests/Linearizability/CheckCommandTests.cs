using System.Text.Json;
using Paxi.TestKit.Linearizability;
using Xunit;

namespace Paxi.TestKit.Tests.Linearizability;

/// <summary>What <c>paxi check</c> prints and returns.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private const string Good = """
        {"client":1,"op":"set","key":"k","value":"a","ok":true,"start":0,"end":10}
        {"client":1,"op":"get","key":"k","result":"a","ok":true,"start":20,"end":30}
        """;

    private const string Bad = """
        {"client":1,"op":"set","key":"k","value":"a","ok":true,"start":0,"end":10}
        {"client":2,"op":"set","key":"k","value":"b","ok":true,"start":20,"end":30}
        {"client":1,"op":"get","key":"k","result":"a","ok":true,"start":40,"end":50}
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"paxi-check-{Guid.NewGuid():N}.jsonl");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        File.Delete(_file);
        File.Delete(_file + ".html");
    }

    [Fact]
    public void A_good_history_gives_0()
    {
        Assert.Equal(CheckCommand.Linearizable, Run(Good));
        Assert.Contains(": linearizable (2 operations, 1 partition,", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
        Assert.False(File.Exists(_file + ".html"));
    }

    [Fact]
    public void A_violation_gives_1_the_fragment_with_its_lines_and_a_picture()
    {
        Assert.Equal(CheckCommand.Violation, Run(Bad));
        string text = _output.ToString();
        Assert.Contains("NOT linearizable", text, StringComparison.Ordinal);
        Assert.Contains("key k: client 1's get k → \"a\", but that value was overwritten before the read began", text, StringComparison.Ordinal);
        Assert.Contains("✗ client 1", text, StringComparison.Ordinal);
        Assert.Contains("(line 3)", text, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(_file + ".html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bound_gives_3_and_says_unknown_not_passed()
    {
        Assert.Equal(CheckCommand.Undecided, Run(Good, new CheckLimits { Time = TimeSpan.Zero }));
        Assert.Contains("undecided", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(": linearizable", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, LastLine().GetProperty("linearizable").ValueKind);
    }

    [Fact]
    public void A_malformed_file_gives_2_and_one_line_with_the_line()
    {
        Assert.Equal(CheckCommand.BadFile, Run(Good + "\n{\"client\":1"));
        Assert.StartsWith($"{_file}: line 3: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void A_missing_file_gives_2()
    {
        Assert.Equal(CheckCommand.BadFile, CheckCommand.Run(_file + ".none", json: true, _output, _error));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void The_last_line_is_one_json_object()
    {
        Run(Bad);
        JsonElement json = LastLine();
        Assert.Equal(3, json.GetProperty("operations").GetInt32());
        Assert.False(json.GetProperty("linearizable").GetBoolean());
        Assert.Equal("k", json.GetProperty("key").GetString());
        Assert.Equal(_file + ".html", json.GetProperty("picture").GetString());
    }

    private JsonElement LastLine() => JsonDocument.Parse(_output.ToString().TrimEnd().Split('\n')[^1]).RootElement;

    private int Run(string text, CheckLimits? limits = null)
    {
        File.WriteAllText(_file, text);
        return CheckCommand.Run(_file, json: true, _output, _error, limits);
    }
}
