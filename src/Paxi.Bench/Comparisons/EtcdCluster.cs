using Paxi.Bench.Processes;
using Paxi.Node.Cli;
using Paxi.TestKit;

namespace Paxi.Bench.Comparisons;

/// <summary>A cluster of etcd members as processes, with fresh data in a directory of ours and the settings that etcd comes with.</summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly List<ChildProcess> _members = [];
    private Task<BenchException>? _death;

    private EtcdCluster(IReadOnlyList<Uri> clients) => Clients = clients;

    /// <summary>Where each member takes requests.</summary>
    public IReadOnlyList<Uri> Clients { get; }

    public IReadOnlyList<(string Name, int Id)> Processes => [.. _members.Select(static member => (member.Name, member.Id))];

    /// <summary>Completes when a member ends; says which, with its last lines.</summary>
    public Task<BenchException> Death => _death ??= Lives.OfAsync("etcd member", _members);

    /// <exception cref="UsageException">There is no etcd.</exception>
    public static EtcdCluster Start(string program, int members, string directory)
    {
        var ports = FreePorts.Take(members * 2);
        Uri[] clients = [.. ports[..members].Select(static port => new Uri($"http://127.0.0.1:{port}"))];
        var peers = string.Join(',', Enumerable.Range(0, members).Select(index => $"m{index + 1}=http://127.0.0.1:{ports[members + index]}"));
        var cluster = new EtcdCluster(clients);
        for (var index = 0; index < members; index++)
        {
            var peer = $"http://127.0.0.1:{ports[members + index]}";
            var client = clients[index].GetLeftPart(UriPartial.Authority);
            cluster._members.Add(ChildProcess.Start($"m{index + 1}", program,
            [
                "--name", $"m{index + 1}", "--data-dir", Path.Combine(directory, $"m{index + 1}"), "--log-level", "error",
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", peers,
            ]));
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(static member => member.StopAsync(StopPatience)));
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }
    }
}
