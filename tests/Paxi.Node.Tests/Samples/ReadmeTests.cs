using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Hosting;
using Paxi.Node.Tests.Hosting;
using Paxi.TestKit;
using Xunit;

namespace Paxi.Node.Tests.Samples;

/// <summary>What the README shows in C# compiles and does what it says.</summary>
public sealed partial class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void EveryBlockOfCodeIsInTheSamples()
    {
        var root = Root();
        var source = Lines(File.ReadAllText(Path.Combine(root, "tests", "Paxi.Node.Tests", "Samples", "ReadmeSamples.cs")));
        var blocks = CodeBlock().Matches(File.ReadAllText(Path.Combine(root, "README.md"))).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(blocks.Length >= 3, $"{blocks.Length} blocks of code");
        Assert.All(blocks, block => Assert.Contains(Lines(block), source, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheSamplesRun()
    {
        var data = Directory.CreateTempSubdirectory("paxi-readme").FullName;
        ReplicaId[] ids = [new(1, 1), new(1, 2), new(1, 3)];
        var ports = FreePorts.Take(ids.Length);
        KeyValuePair<ReplicaId, Address>[] addresses =
            [.. ids.Select((id, index) => KeyValuePair.Create(id, new Address("akka.tcp", "paxi", "127.0.0.1", ports[index])))];
        var file = Path.Combine(data, "cluster.hocon");
        await File.WriteAllTextAsync(file, $"paxi {{ journal = memory\naddress {{ {string.Join('\n', addresses.Select(pair => $"\"{pair.Key}\" = \"{pair.Value}\""))} }} }}");
        var settings = ConfigurationFactory.ParseString($"data = \"{data}\"");
        var hosts = ids.Select((id, index) => ReadmeSamples.Build(id, addresses, ports[index], settings)).ToArray();
        try
        {
            await Task.WhenAll(hosts.Select(host => host.StartAsync())).WaitAsync(Patience);
            Assert.Equal("world", await ReadmeSamples.TypedAsync(file).WaitAsync(Patience));
            var client = PaxiExtension.Get(hosts[1].Services.GetRequiredService<ActorSystem>()).Client;
            var reply = await ReadmeSamples.AskAsync(client).WaitAsync(Patience);
            Assert.Equal((Outcome.Done, "world"), (reply.Outcome, Encoding.UTF8.GetString(reply.Value!.Value.Span)));
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.StopAsync())).WaitAsync(Patience);
            Directory.Delete(data, recursive: true);
        }
    }

    [GeneratedRegex("```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    /// <summary>Without indentation, which differs.</summary>
    private static string Lines(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Paxi.Akka.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no Paxi.Akka.sln above {AppContext.BaseDirectory}");
    }
}
