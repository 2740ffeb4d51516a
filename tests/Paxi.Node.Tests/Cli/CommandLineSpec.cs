using System.Text;
using System.Text.Json;
using Paxi.Actors.Configuration;
using Paxi.Node.Cli;
using Xunit;

namespace Paxi.Node.Tests.Cli;

/// <summary>Base of tests that run command lines in this process, their output captured.</summary>
public abstract class CommandLineSpec : IDisposable
{
    private const string Three = """
        paxi {
          algorithm = paxos
          admin = on
          address { "1.1" = "akka.tcp://paxi@127.0.0.1:4211", "1.2" = "akka.tcp://paxi@127.0.0.1:4212", "1.3" = "akka.tcp://paxi@127.0.0.1:4213" }
          http-address { "1.1" = "http://127.0.0.1:8181", "1.2" = "http://127.0.0.1:8182", "1.3" = "http://127.0.0.1:8183" }
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("paxi-cli").FullName;

    protected CommandLineSpec()
    {
        ConfigurationFile = Write("cluster.hocon", Three);
        Cluster = new FakeCluster(PaxiSettings.Load(ConfigurationFile, SettingsOverrides.None));
    }

    private protected FakeCluster Cluster { get; }

    protected string ConfigurationFile { get; }

    /// <summary>What the command reads as its standard input.</summary>
    protected byte[] Input { get; set; } = [];

    protected bool Terminal { get; set; }

    protected int Width { get; set; } = 80;

    /// <summary>Runs a command line that is split at blanks.</summary>
    private protected Task<Ran> RunAsync(string line) => RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private protected async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var context = new CliContext(output, error, new MemoryStream(Input), Terminal, () => Width) { OpenCluster = Open };
        var status = await PaxiCommandLine.RunAsync(arguments, context);
        return new Ran(status, output.ToArray(), error.ToString());
    }

    /// <summary>Runs a wrong command line and returns its one line of error.</summary>
    protected async Task<string> ErrorOfAsync(params string[] arguments)
    {
        var ran = await RunAsync(arguments);
        Assert.Equal(2, ran.Status);
        Assert.Equal("", ran.Out);
        Assert.EndsWith("\n", ran.Error, StringComparison.Ordinal);
        var line = ran.Error.TrimEnd('\n');
        Assert.DoesNotContain('\n', line);
        Assert.Empty(Cluster.Sent);
        return line;
    }

    protected string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    protected string PathOf(string name) => Path.Combine(_directory, name);

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private FakeCluster Open(string? config) => config is null || config == ConfigurationFile
        ? Cluster
        : new FakeCluster(PaxiSettings.Load(config, SettingsOverrides.None));
}

/// <summary>How a command line ended.</summary>
internal sealed record Ran(int Status, byte[] Bytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(Bytes);

    /// <summary>The last line of standard output, which must be a JSON object.</summary>
    public JsonElement Json => JsonDocument.Parse(Out.TrimEnd('\n').Split('\n')[^1]).RootElement;
}
