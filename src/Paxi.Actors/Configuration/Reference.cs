using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Paxi.Actors.Configuration;

/// <summary>The defaults of every key, from <c>reference.conf</c>.</summary>
public static class Reference
{
    private static readonly Lazy<Config> Parsed = new(static () =>
        ConfigurationFactory.FromResource("Paxi.Actors.reference.conf", typeof(Reference).Assembly));

    /// <summary>The whole file: the section <c>paxi</c> and what Akka needs to know of it.</summary>
    public static Config Whole => Parsed.Value;

    /// <summary>The section <c>paxi</c> with <paramref name="overrides"/> in front (the content of a section <c>paxi</c>).</summary>
    public static Config Section(Config? overrides = null) => overrides is null || overrides.IsEmpty
        ? Whole.GetConfig("paxi")
        : overrides.WithFallback(Whole.GetConfig("paxi"));

    /// <summary>The same content one level deeper, behind <paramref name="key"/>.</summary>
    public static Config Under(string key, Config content)
    {
        if (content.IsEmpty)
        {
            return Config.Empty;
        }

        var section = new HoconObject();
        section.Items.Add(key, content.Root);
        var root = new HoconValue();
        root.AppendValue(section);
        return new Config(new HoconRoot(root));
    }
}
