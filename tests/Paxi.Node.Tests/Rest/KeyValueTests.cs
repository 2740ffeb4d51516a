using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Paxi.Node.Tests.Rest;

/// <summary>The bytes that an unmodified Paxi client sends and expects.</summary>
public sealed class KeyValueTests(RestFixture server) : IClassFixture<RestFixture>
{
    [Fact]
    public async Task A_write_answers_with_the_previous_value_and_a_read_with_the_value()
    {
        var first = await server.SendAsync("PUT", "/101", "one");
        var second = await server.SendAsync("POST", "/101", "two");
        var read = await server.SendAsync("GET", "/101");

        Assert.Equal(("HTTP/1.1 200 OK", ""), (first.Status, first.Body));
        Assert.Equal((200, "one"), (second.Code, second.Body));
        Assert.Equal((200, "two"), (read.Code, read.Body));
        Assert.Equal("3", read.Headers["Content-Length"]);
    }

    [Fact]
    public async Task An_absent_key_is_an_empty_body()
    {
        var read = await server.SendAsync("GET", "/102");

        Assert.Equal((200, "", "0"), (read.Code, read.Body, read.Headers["Content-Length"]));
    }

    [Fact]
    public async Task A_delete_answers_with_the_previous_value()
    {
        await server.SendAsync("PUT", "/103", "gone");

        Assert.Equal("gone", (await server.SendAsync("DELETE", "/103")).Body);
        Assert.Equal("", (await server.SendAsync("GET", "/103")).Body);
    }

    [Fact]
    public async Task The_callers_Id_and_Cid_come_back_with_slot_ballot_and_executed()
    {
        var answer = await server.SendAsync("GET", "/104", headers: "Id: 1.1\r\nCid: 42\r\n");

        Assert.Equal(("1.1", "42", "3.1.2"), (answer.Headers["Id"], answer.Headers["Cid"], answer.Headers["Ballot"]));
        Assert.True(long.Parse(answer.Headers["Slot"], System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal(answer.Headers["Slot"], answer.Headers["Execute"]);
        Assert.DoesNotContain("Inprogress", answer.Headers);
        Assert.DoesNotContain("Server", answer.Headers);
    }

    [Theory]
    [InlineData("", "", "0")]
    [InlineData("Id: \r\nCid: x\r\n", "", "0")]
    [InlineData("Id: caf\u00c3\u00a9\r\nCid: -7\r\n", "", "-7")]
    [InlineData("Id: 12345678901234567890123456789012345678901234567890123456789012345\r\nCid: 99999999999999999999\r\n", "", "0")]
    [InlineData("Id: 2.3\r\nCid: 0012\r\n", "2.3", "12")]
    public async Task What_no_header_can_hold_comes_back_empty(string headers, string id, string cid)
    {
        var answer = await server.SendAsync("PUT", "/105", "v", headers);

        Assert.Equal((200, id, cid), (answer.Code, answer.Headers["Id"], answer.Headers["Cid"]));
    }

    [Fact]
    public async Task Other_headers_of_Paxis_client_mean_nothing()
    {
        var answer = await server.SendAsync("PUT", "/114", "v", "Id: 1.1\r\nCid: 4\r\nTimestamp: 1500000000000000000\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n");
        var malformed = await server.SendAsync("GET", "/114", headers: "Timestamp: soon\r\n");

        Assert.Equal((200, "1.1", "4", ""), (answer.Code, answer.Headers["Id"], answer.Headers["Cid"], answer.Body));
        Assert.Equal((200, "v"), (malformed.Code, malformed.Body));
        Assert.DoesNotContain("Timestamp", answer.Headers);
        Assert.DoesNotContain("Content-Encoding", answer.Headers);
    }

    [Fact]
    public async Task The_same_Id_and_Cid_twice_are_two_commands()
    {
        await server.SendAsync("PUT", "/106", "one", "Id: 1.1\r\nCid: 7\r\n");

        Assert.Equal("one", (await server.SendAsync("PUT", "/106", "two", "Id: 1.1\r\nCid: 7\r\n")).Body);
        Assert.Equal("two", (await server.SendAsync("GET", "/106", headers: "Id: 1.1\r\nCid: 7\r\n")).Body);
    }

    [Theory]
    [InlineData("{\"Key\":107,\"Value\":\"b25l\",\"ClientID\":\"1.2\",\"CommandID\":5}", "1.2", "5")]
    [InlineData("{\"key\":\"107\",\"value\":\"b25l\",\"clientid\":\"1.2\",\"commandid\":5,\"other\":[1]}", "1.2", "5")]
    [InlineData("{\"Key\":107,\"Value\":\"b25l\"}", "9.9", "8")]
    public async Task A_command_may_come_as_JSON(string body, string id, string cid)
    {
        var write = await server.SendAsync("POST", "/", body, "Id: 9.9\r\nCid: 8\r\n");
        var read = await server.SendAsync("POST", "/", "{\"Key\":107,\"Value\":null,\"ClientID\":\"\",\"CommandID\":0}");

        Assert.Equal((200, id, cid), (write.Code, write.Headers["Id"], write.Headers["Cid"]));
        Assert.Equal((200, "one"), (read.Code, read.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("{\"Value\":\"b25l\"}")]
    [InlineData("{\"Key\":true}")]
    [InlineData("{\"Key\":1,\"Value\":\"not base64\"}")]
    [InlineData("{\"Key\":1,\"Value\":5}")]
    [InlineData("{\"Key\":1,\"CommandID\":\"x\"}")]
    [InlineData("{\"Key\":\"\\ud800\"}")]
    public async Task Bad_JSON_is_answered_with_the_form(string body)
    {
        var answer = await server.SendAsync("POST", "/", body);

        Assert.Equal(400, answer.Code);
        Assert.Contains("the body must be JSON", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_key_in_JSON_is_refused()
    {
        Assert.Equal(400, (await server.SendAsync("POST", "/", "{\"Key\":\"\"}")).Code);
    }

    [Theory]
    [InlineData("/%C3%A9t%C3%A9", "\u00e9t\u00e9")]
    [InlineData("/a%2Fb", "a/b")]
    [InlineData("/a/b", "a/b")]
    [InlineData("/a%20b+c", "a b+c")]
    [InlineData("/..%2f..", "../..")]
    [InlineData("http://here:80/absolute", "absolute")]
    public async Task A_key_is_any_text_behind_the_first_slash(string target, string key)
    {
        await server.SendAsync("PUT", target, "there");

        var body = System.Text.Json.JsonSerializer.Serialize(new { Key = key, Value = (string?)null });
        Assert.Equal("there", (await server.SendAsync("POST", "/", body)).Body);
    }

    [Theory]
    [InlineData("/%FF")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("/%C3")]
    public async Task A_path_that_is_no_text_is_refused(string target)
    {
        Assert.Equal(400, (await server.SendAsync("GET", target)).Code);
    }

    [Fact]
    public async Task A_key_over_the_limit_is_answered_with_the_limit()
    {
        var longest = new string('k', 1022) + "%C3%A9";
        var fits = await server.SendAsync("PUT", "/" + longest, "v");
        var over = await server.SendAsync("GET", "/k" + longest);

        Assert.Equal(200, fits.Code);
        Assert.Equal((400, "a key has 1 to 1024 bytes of UTF-8; this one has 1025\n"), (over.Code, over.Body));
    }

    [Fact]
    public async Task A_value_over_the_limit_is_answered_with_the_limit()
    {
        var longest = new string('v', 1 << 20);
        var fits = await server.SendAsync("PUT", "/108", longest);
        var over = await server.SendAsync("PUT", "/108", longest + "v");

        Assert.Equal(200, fits.Code);
        Assert.Equal((413, "a value has at most 1048576 bytes; this one has 1048577\n"), (over.Code, over.Body));
        Assert.Equal(longest, (await server.SendAsync("GET", "/108")).Body);
    }

    [Fact]
    public async Task A_value_over_the_limit_is_found_out_without_a_length_too()
    {
        var chunk = new string('v', 1 << 16);
        var body = string.Concat(Enumerable.Repeat($"10000\r\n{chunk}\r\n", 17)) + "0\r\n\r\n";
        var over = await server.ExchangeAsync($"PUT /109 HTTP/1.1\r\nHost: here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{body}");

        Assert.Equal((413, "a value has at most 1048576 bytes\n"), (over.Code, over.Body));
    }

    [Fact]
    public async Task A_value_over_the_limit_in_JSON_is_answered_with_the_limit()
    {
        var value = Convert.ToBase64String(new byte[(1 << 20) + 1]);
        var over = await server.SendAsync("POST", "/", $"{{\"Key\":1,\"Value\":\"{value}\"}}");

        Assert.Equal((413, "a value has at most 1048576 bytes; this one has 1048577\n"), (over.Code, over.Body));
    }

    [Fact]
    public async Task A_value_is_bytes_not_text()
    {
        using var client = new HttpClient();
        var value = Enumerable.Range(0, 256).Select(number => (byte)number).ToArray();
        var place = new Uri($"http://127.0.0.1:{server.Port}/110");
        await client.PutAsync(place, new ByteArrayContent(value));

        Assert.Equal(value, await client.GetByteArrayAsync(place));
    }

    [Fact]
    public async Task Failed_and_unknown_are_told_apart()
    {
        var failed = await server.SendAsync("PUT", "/fails", "v", "Id: 1.1\r\nCid: 3\r\n");
        var unknown = await server.SendAsync("PUT", "/unknown", "v");

        Assert.Equal((500, "failed", "not done, without effect: overloaded\n"), (failed.Code, failed.Headers["Outcome"], failed.Body));
        Assert.Equal(("1.1", "3"), (failed.Headers["Id"], failed.Headers["Cid"]));
        Assert.Equal((500, "unknown", "unknown whether it took effect or will: no answer in 10 s\n"), (unknown.Code, unknown.Headers["Outcome"], unknown.Body));
    }

    [Fact]
    public async Task A_read_may_say_how_it_is_answered()
    {
        Assert.Equal("none", (await server.SendAsync("GET", "/mode")).Body);
        Assert.Equal("Any", (await server.SendAsync("GET", "/mode?read=any")).Body);
        var quorum = await server.SendAsync("GET", "/mode?x=1&read=quorum");
        Assert.Equal(("Quorum", "false"), (quorum.Body, quorum.Headers["Inprogress"]));
        var wrong = await server.SendAsync("GET", "/mode?read=3");
        Assert.Equal((400, "read may be log, leader, quorum or any\n"), (wrong.Code, wrong.Body));
    }

    [Fact]
    public async Task A_quorum_read_says_that_nothing_is_in_progress()
    {
        Assert.Equal("false", (await server.SendAsync("GET", "/111", port: server.QuorumPort)).Headers["Inprogress"]);
        Assert.DoesNotContain("Inprogress", (await server.SendAsync("PUT", "/111", "v", port: server.QuorumPort)).Headers);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    public async Task Other_methods_are_named(string method)
    {
        var answer = await server.SendAsync(method, "/1");

        Assert.Equal((405, "GET, PUT, POST, DELETE"), (answer.Code, answer.Headers["Allow"]));
    }

    [Fact]
    public async Task Requests_on_one_connection_are_answered_in_order()
    {
        var both = await server.ExchangeAsync(
            "PUT /112 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\naGET /112 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        Assert.Equal(200, both.Code);
        Assert.EndsWith("\r\n\r\na", both.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_forgotten()
    {
        for (var round = 0; round < 100; round++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                round % 2 == 0 ? "GET /silent HTTP/1.1\r\nHost: h\r\n\r\n" : "PUT /113 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"));
            socket.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(200, (await server.SendAsync("GET", "/113")).Code);
    }
}
