using System.Text.Json;
using Paxi.Actors;
using Paxi.Actors.Links;
using Xunit;

namespace Paxi.Node.Tests.Rest;

/// <summary>Histories, faults, status, health and metrics.</summary>
public sealed class OperatorTests(RestFixture server) : IClassFixture<RestFixture>
{
    [Fact]
    public async Task A_history_is_a_list_of_base64()
    {
        await server.SendAsync("PUT", "/201", "one");
        await server.SendAsync("PUT", "/201", "\u00fb\u00ff\u00fe");
        var answer = await server.SendAsync("GET", "/history?key=201");

        Assert.Equal((200, "application/json"), (answer.Code, answer.Headers["Content-Type"]));
        Assert.Equal("[\"b25l\",\"w7vDv8O+\"]", Unchunk(answer));
        Assert.Equal("[]", Unchunk(await server.SendAsync("GET", "/history?key=never")));
        Assert.Equal(400, (await server.SendAsync("GET", "/history")).Code);
        Assert.Equal(500, (await server.SendAsync("GET", "/history?key=fails")).Code);
    }

    public static TheoryData<string, Fault[]> Faults { get; } = new()
    {
        { "/crash?t=10", [new CrashFault(TimeSpan.FromSeconds(10))] },
        { "/crash?t=-1", [new CrashFault(TimeSpan.FromSeconds(-1))] },
        { "/drop?id=1.2&t=0.5", [new DropFault(new ReplicaId(1, 2), TimeSpan.FromSeconds(0.5))] },
        { "/slow?id=2.1&ms=30&t=3", [new SlowFault(new ReplicaId(2, 1), TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(3))] },
        { "/flaky?id=2.1&p=0.25&t=3", [new FlakyFault(new ReplicaId(2, 1), 0.25, TimeSpan.FromSeconds(3))] },
        { "/partition?ids=1.1,2.1&t=3", [new DropFault(new ReplicaId(1, 2), TimeSpan.FromSeconds(3))] },
        {
            "/partition?ids=1.2%2C2.1&t=3",
            [new DropFault(new ReplicaId(1, 2), TimeSpan.FromSeconds(3)), new DropFault(new ReplicaId(2, 1), TimeSpan.FromSeconds(3))]
        },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_goes_to_the_replica_and_the_answer_is_empty(string target, Fault[] faults)
    {
        server.Replica.Take();
        var answer = await server.SendAsync("GET", target);

        Assert.Equal((200, "", "0"), (answer.Code, answer.Body, answer.Headers["Content-Length"]));
        Assert.Equal(faults, server.Replica.Take());
    }

    [Theory]
    [InlineData("/crash", "write /crash?t=SECONDS; 0 or less is for ever\n")]
    [InlineData("/crash?t=soon", "write /crash?t=SECONDS; 0 or less is for ever\n")]
    [InlineData("/crash?t=NaN", "write /crash?t=SECONDS; 0 or less is for ever\n")]
    [InlineData("/drop?id=9.9&t=1", "id must be one of 1.1, 1.2, 2.1\n")]
    [InlineData("/drop?t=1", "id must be one of 1.1, 1.2, 2.1\n")]
    [InlineData("/drop?id=1.2", "write /drop?id=ID&t=SECONDS; 0 or less is for ever\n")]
    [InlineData("/slow?id=1.2&t=1", "ms must be 0 to 3600000\n")]
    [InlineData("/flaky?id=1.2&t=1&p=2", "p must be 0 to 1\n")]
    [InlineData("/partition?ids=1.1,7.7&t=1", "ids must be a list of 1.1,1.2,2.1\n")]
    public async Task A_wrong_fault_is_answered_with_its_form(string target, string message)
    {
        server.Replica.Take();
        var answer = await server.SendAsync("GET", target);

        Assert.Equal((400, message), (answer.Code, answer.Body));
        Assert.Empty(server.Replica.Take());
    }

    [Theory]
    [InlineData("/crash?t=10")]
    [InlineData("/drop?id=1.2&t=1")]
    [InlineData("/partition?ids=1.1&t=1")]
    public async Task Faults_answer_only_when_they_are_switched_on(string target)
    {
        server.Replica.Take();
        var answer = await server.SendAsync("GET", target, port: server.QuorumPort);

        Assert.Equal((403, "faults are switched off here; set paxi.admin = on to allow them\n"), (answer.Code, answer.Body));
        Assert.Empty(server.Replica.Take());
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("history")]
    [InlineData("status")]
    [InlineData("metrics")]
    [InlineData("owner")]
    public async Task A_path_of_the_operator_is_no_key(string segment)
    {
        var answer = await server.SendAsync("PUT", "/" + segment, "v");

        Assert.Equal((405, "GET"), (answer.Code, answer.Headers["Allow"]));
    }

    [Fact]
    public async Task Status_says_who_leads_and_who_is_there()
    {
        using var status = JsonDocument.Parse(Unchunk(await server.SendAsync("GET", "/status")));

        Assert.Equal("1.1", status.RootElement.GetProperty("id").GetString());
        Assert.Equal("running", status.RootElement.GetProperty("state").GetString());
        Assert.Equal("1.2", status.RootElement.GetProperty("leader").GetString());
        Assert.Equal(3, status.RootElement.GetProperty("members").GetArrayLength());
        Assert.Equal("absent", status.RootElement.GetProperty("members")[0].GetProperty("cluster").GetString());
        Assert.Equal("3.1.2", status.RootElement.GetProperty("roles").GetProperty("gateway").GetProperty("ballot").GetString());
    }

    [Theory]
    [InlineData("a%2Fb%20%C3%A9", """{"key":"a/b \u00E9","owner":"2.1","ballot":"7.2.1"}""")]
    [InlineData("nobody's", """{"key":"nobody\u0027s","owner":null,"ballot":null}""")]
    public async Task Owner_says_who_proposes_for_a_key(string key, string expected) =>
        Assert.Equal(expected, Unchunk(await server.SendAsync("GET", "/owner?key=" + key)));

    [Theory]
    [InlineData("/owner")]
    [InlineData("/owner?key=")]
    [InlineData("/owner?key=%FF")]
    public async Task Owner_of_no_key_is_refused(string target) => Assert.Equal(400, (await server.SendAsync("GET", target)).Code);

    [Fact]
    public async Task Health_is_for_a_load_balancer()
    {
        Assert.Equal((200, "ok\n"), ((await server.SendAsync("GET", "/health")).Code, Unchunk(await server.SendAsync("GET", "/health"))));
    }

    [Fact]
    public async Task Metrics_are_in_the_text_form_of_Prometheus()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("Paxi");
        Paxi.Node.Rest.NodeMetrics.Start();
        meter.CreateCounter<long>("paxi.test.things", "{thing}", "Things of this test").Add(3, new KeyValuePair<string, object?>("replica", "1.1"));
        var text = Unchunk(await server.SendAsync("GET", "/metrics"));

        Assert.Contains("paxi_test_things_total{replica=\"1.1\"} 3", text, StringComparison.Ordinal);
        Assert.Contains("process_working_set_bytes", text, StringComparison.Ordinal);
    }

    /// <summary>The body of an answer that came in chunks.</summary>
    private static string Unchunk(RawAnswer answer)
    {
        if (!answer.Headers.ContainsKey("Transfer-Encoding"))
        {
            return answer.Body;
        }

        var text = new System.Text.StringBuilder();
        var rest = answer.Body;
        while (true)
        {
            var line = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var length = Convert.ToInt32(rest[..line], 16);
            if (length == 0)
            {
                return text.ToString();
            }

            // Lengths count bytes; what is served in chunks here is ASCII.
            text.Append(rest, line + 2, length);
            rest = rest[(line + 4 + length)..];
        }
    }
}
