using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;
using Paxi.Node.Cli;
using Paxi.TestKit;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>A command to a cluster that was not started ends at once, and says so.</summary>
public sealed class ListenersTests : CommandLineSpec
{
    private readonly int[] _ports = FreePorts.Take(3);

    private PaxiSettings Settings(int replicas)
    {
        var addresses = Enumerable.Range(0, replicas).Select(index => $"\"1.{index + 1}\" = \"akka.tcp://paxi@127.0.0.1:{_ports[index]}\"");
        return PaxiSettings.Load(Write("free.hocon", $"paxi.address {{ {string.Join(", ", addresses)} }}"), SettingsOverrides.None);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, " or at 127.0.0.1:{1}")]
    [InlineData(3, " or at the other 2 addresses of {file}")]
    public async Task WhereNobodyListensItIsFailedForCertainAtOnce(int replicas, string others)
    {
        var settings = Settings(replicas);
        await using var cluster = new ClusterAccess(settings);
        var begun = Stopwatch.GetTimestamp();
        var reply = await cluster.SendAsync(new Set("42", "hello"u8.ToArray()), null, CancellationToken.None);

        var rest = others.Replace("{1}", $"{_ports[1]}", StringComparison.Ordinal).Replace("{file}", settings.Source, StringComparison.Ordinal);
        Assert.Equal(
            (Outcome.Failed, $"nobody listens at 127.0.0.1:{_ports[0]}{rest}; is the cluster started, with paxi up or paxi server?"), (reply.Outcome, reply.Error));
        Assert.True(Stopwatch.GetElapsedTime(begun) < settings.Section.GetTimeSpan("client.timeout"), "it waited for the time of a command");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task WhereOneListensTheClientHasItsTry(int listening)
    {
        using var replica = new TcpListener(IPAddress.Loopback, _ports[listening]);
        replica.Start();

        Assert.Null(await Listeners.FindNobodyAsync(Settings(3), new ReplicaId(1, 1), CancellationToken.None));
    }
}
