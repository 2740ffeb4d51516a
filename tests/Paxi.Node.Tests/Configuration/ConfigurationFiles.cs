using Paxi.Actors.Configuration;
using Xunit;

namespace Paxi.Node.Tests.Configuration;

/// <summary>Configuration files in a directory of the test's own.</summary>
public abstract class ConfigurationFiles : IDisposable
{
    protected const string Three = """
        address {
          "1.1" = "akka.tcp://paxi@127.0.0.1:4211"
          "1.2" = "akka.tcp://paxi@127.0.0.1:4212"
          "1.3" = "akka.tcp://paxi@127.0.0.1:4213"
        }
        """;

    private readonly List<string> _variables = [];

    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("paxi-configuration-").FullName;

    protected string Write(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    protected void SetVariable(string name, string value)
    {
        _variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>A file with three replicas and more in its section <c>paxi</c>.</summary>
    protected PaxiSettings LoadPaxi(string more) => Load($"paxi {{\n{Three}\n{more}\n}}");

    protected PaxiSettings Load(string text, SettingsOverrides? overrides = null) =>
        PaxiSettings.Load(Write("test.hocon", text), overrides ?? SettingsOverrides.None);

    /// <summary>The one line that a person would see.</summary>
    protected string Refused(string text, SettingsOverrides? overrides = null)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Load(text, overrides));
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Equal(["test.hocon"], System.IO.Directory.EnumerateFileSystemEntries(Directory).Select(Path.GetFileName));
        return fault.Message.Replace(Directory + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }

    protected string RefusedPaxi(string more) => Refused($"paxi {{\n{Three}\n{more}\n}}");

    public void Dispose()
    {
        foreach (var name in _variables)
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
