using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Configuration;

/// <summary>From file and command line to <see cref="PaxiSettings"/>.</summary>
internal static class SettingsLoader
{
    /// <inheritdoc cref="PaxiSettings.Load"/>
    public static PaxiSettings Load(string? configPath, SettingsOverrides overrides)
    {
        var local = Local(overrides);
        CheckOptions(overrides);
        var path = configPath ?? PaxiSettings.DefaultFile;
        if (configPath is null && !File.Exists(path) && local is { } replicas)
        {
            return CreateFromFile("no configuration file", replicas, Config.Empty, Config.Empty, overrides);
        }

        if (path.Length == 0)
        {
            throw new ConfigurationException("--config needs the name of a file");
        }

        var file = HoconFile.Load(path);
        SettingsCheck.Check(file);
        var listed = local ?? ReplicaAddresses.Read(file);
        var section = file.Content.HasPath("paxi") ? file.Content.GetConfig("paxi") : Config.Empty;
        var akka = file.Content.HasPath("akka") ? Reference.Under("akka", file.Content.GetConfig("akka")) : Config.Empty;
        return CreateFromFile(path, listed, section, akka, overrides);
    }

    /// <inheritdoc cref="PaxiSettings.Of"/>
    public static PaxiSettings Of(ActorSystem system)
    {
        var config = system.Settings.Config;
        var file = HoconFile.Of($"configuration of the actor system {system.Name}", config);
        SettingsCheck.CheckSection(file);
        return Create(
            $"configuration of the actor system {system.Name}",
            ReplicaAddresses.Read(file, anySystem: true),
            Reference.Section(config.GetConfig("paxi")),
            Config.Empty,
            SettingsOverrides.None);
    }

    private static ImmutableArray<ReplicaAddress>? Local(SettingsOverrides overrides) => (overrides.Zones, overrides.Nodes) switch
    {
        (null, null) => null,
        ({ } zones, { } nodes) => ReplicaAddresses.Local(zones, nodes),
        _ => throw new ConfigurationException("--zones and --nodes go together: so many zones, of so many replicas each"),
    };

    private static void CheckOptions(SettingsOverrides overrides)
    {
        if (overrides.Journal is { } journal)
        {
            SettingsCheck.CheckOption("journal", "--journal", journal);
        }

        if (overrides.Data is { Length: 0 })
        {
            throw new ConfigurationException("--data needs the name of a directory");
        }
    }

    private static PaxiSettings CreateFromFile(
        string source, ImmutableArray<ReplicaAddress> replicas, Config written, Config akka, SettingsOverrides overrides)
    {
        if (!written.IsEmpty)
        {
            // Objects merge key by key, so replicas of the file would stay beside those of the command line.
            written.Root.GetObject().Items.Remove("address");
            written.Root.GetObject().Items.Remove("http-address");
        }

        var front = ConfigurationFactory.ParseString(Front(replicas, overrides));
        return Create(source, replicas, Reference.Section(written.IsEmpty ? front : front.WithFallback(written)), akka, overrides);
    }

    /// <param name="section">The section <c>paxi</c> with its defaults.</param>
    private static PaxiSettings Create(
        string source, ImmutableArray<ReplicaAddress> replicas, Config section, Config akka, SettingsOverrides overrides) => new()
        {
            Source = source,
            Overrides = overrides,
            Algorithm = section.GetString("algorithm"),
            Replicas = replicas,
            Admin = section.GetBoolean("admin"),
            Journal = section.GetString("journal") == "disk" ? JournalKind.Disk : JournalKind.Memory,
            DataDirectory = Path.GetFullPath(section.GetString("data")),
            ReadMode = Enum.Parse<ReadMode>(section.GetString("read"), ignoreCase: true),
            Section = section,
            Akka = akka,
        };

    /// <summary>What goes in front of the file's section.</summary>
    private static string Front(ImmutableArray<ReplicaAddress> replicas, SettingsOverrides overrides)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in new[] { ("algorithm", overrides.Algorithm), ("journal", overrides.Journal), ("data", overrides.Data) })
        {
            if (value is not null)
            {
                text.Append(key).Append(" = ").AppendLine(Quote(value));
            }
        }

        foreach (var replica in replicas)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"address.{Quote(replica.Id.ToString())} = {Quote(replica.Remote.ToString())}");
            if (replica.Rest is { } rest)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"http-address.{Quote(replica.Id.ToString())} = {Quote(rest.GetLeftPart(UriPartial.Authority))}");
            }
        }

        return text.ToString();
    }

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";
}
