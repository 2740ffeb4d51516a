using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Configuration;
using Paxi.Actors.Replicas;
using Paxi.Node.Configuration;
using Paxi.Node.Hosting;
using Paxi.TestKit;
using Xunit;

namespace Paxi.Node.Tests.Hosting;

/// <summary>A few nodes in this process on ports of their own, with a directory that goes away with them.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<ReplicaId, ReplicaNode> _nodes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    public TestCluster(int nodes, string paxi = "", string akka = "", string host = "127.0.0.1")
    {
        var ports = FreePorts.Take(2 * nodes);
        var text = new StringBuilder("paxi {\n admin = on\n").AppendLine(paxi);
        for (var node = 1; node <= nodes; node++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $" address.\"1.{node}\" = \"akka.tcp://paxi@{host}:{ports[node - 1]}\"");
            text.AppendLine(CultureInfo.InvariantCulture, $" http-address.\"1.{node}\" = \"http://{host}:{ports[nodes + node - 1]}\"");
        }

        File.WriteAllText(ConfigurationFile, text.AppendLine("}").AppendLine(akka).ToString());
        Settings = PaxiSettings.Load(ConfigurationFile, new SettingsOverrides { Data = Data });
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("paxi-hosting-").FullName;

    public string Data => Path.Combine(Directory, "data");

    public string ConfigurationFile => Path.Combine(Directory, "cluster.hocon");

    public PaxiSettings Settings { get; }

    public RecordingConsole Console { get; } = new();

    public ReplicaNode this[int node] => _nodes[Id(node)];

    public static ReplicaId Id(int node) => new(1, (ushort)node);

    public async Task StartAsync(params int[] nodes)
    {
        var deployment = Deployment.Of(Settings);
        foreach (var id in nodes.Select(Id))
        {
            var self = Settings.Find(id);
            _nodes[id] = new ReplicaNode(deployment, self, NodeStores.Open(deployment, [self])[0], null, Console);
        }

        await Task.WhenAll(nodes.Select(node => this[node].StartAsync(CancellationToken.None)));
    }

    /// <summary>As when its process is killed, as far as that goes inside one: it does not leave the cluster.</summary>
    public async Task AbortAsync(int node)
    {
        var gone = this[node];
        _nodes.Remove(Id(node));
        ((Akka.Actor.ExtendedActorSystem)gone.System).Abort();
        await gone.System.WhenTerminated;
        await gone.DisposeAsync();
    }

    public async Task StopAsync(int node)
    {
        var gone = this[node];
        _nodes.Remove(Id(node));
        await gone.StopAsync();
        await gone.DisposeAsync();
    }

    public async Task<string> PutAsync(int node, string key, string value)
    {
        using var answer = await _http.PutAsync(Place(node, key), new StringContent(value));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return body;
    }

    public Task<string> GetAsync(int node, string path) => _http.GetStringAsync(Place(node, path));

    /// <summary>Waits until something is so; fails with what was seen last when it does not come to be.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}\n{Console}");
            await Task.Delay(50);
        }
    }

    public Task UntilLedAsync() => UntilAsync("all agree on a leader", async () =>
    {
        var statuses = await Task.WhenAll(_nodes.Values.Select(static node => node.StatusAsync(CancellationToken.None)));
        var leaders = statuses.Select(static status => status.Find(KernelRoles.Gateway, "leader")).Distinct().ToList();
        return leaders is [not (null or "none")];
    });

    /// <summary>How a node sees the cluster: each member's id with its status.</summary>
    public async Task<string> MembersAsync(int node) =>
        string.Join(" ", (await this[node].MembersAsync(CancellationToken.None)).Members.Select(static member =>
            $"{member.Id}:{member.Status}{(member.Reachable ? "" : ":unreachable")}"));

    public Task UntilMembersAsync(int node, string members) => UntilAsync($"node {node} sees {members}", async () => await MembersAsync(node) == members);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Values.Select(static node => node.StopAsync()));
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        _http.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private Uri Place(int node, string path) => new(Settings.Find(Id(node)).Rest!, "/" + path);
}

/// <summary>Remembers what was said.</summary>
internal sealed class RecordingConsole : NodeConsole
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public override void Line(string text) => _lines.Enqueue(text);

    public override void Error(string text) => _lines.Enqueue("! " + text);

    public override string ToString() => string.Join('\n', _lines);
}
