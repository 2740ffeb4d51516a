using System.CommandLine;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Paxi.Node.Cli;

namespace Paxi.Bench.Cli;

/// <summary>The section <c>benchmark</c> of a HOCON file, turned into the options that say the same, so that both are checked in one way.</summary>
internal static class BenchmarkSection
{
    private const string Section = "benchmark";
    private const string Rate = "Throttle";

    /// <param name="source">The file, for messages.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="options">By the names of the fields.</param>
    /// <exception cref="UsageException">It is no HOCON, has no such section, or a field is unknown.</exception>
    public static IReadOnlyList<string> Arguments(string source, string text, IReadOnlyDictionary<string, Option> options)
    {
        var arguments = new List<string>();
        foreach (var (name, value) in Fields(source, text))
        {
            if (!options.TryGetValue(name, out var option))
            {
                throw new UsageException($"{source}: benchmark has no field {name}; it may be {string.Join(", ", options.Keys)}");
            }

            if (!value.IsString())
            {
                throw new UsageException($"{source}: benchmark: {name} must be a single value");
            }

            Add(arguments, source, name, value.GetString(), option);
        }

        return arguments;
    }

    private static Dictionary<string, HoconValue> Fields(string source, string text)
    {
        try
        {
            var root = ConfigurationFactory.ParseString(text).GetValue(Section);
            return root is not null && root.IsObject() ? root.GetObject().Items : throw new UsageException($"{source} has no section benchmark");
        }
        catch (Exception fault) when (fault is not UsageException)
        {
            throw new UsageException($"{source} is no HOCON: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static void Add(List<string> arguments, string source, string name, string value, Option option)
    {
        if (option is Option<bool>)
        {
            switch (value.ToLowerInvariant())
            {
                case "true" or "on" or "yes":
                    arguments.Add(option.Name);
                    return;
                case "false" or "off" or "no":
                    return;
                default:
                    throw new UsageException($"{source}: benchmark: {name} is '{value}'; it may be true or false");
            }
        }

        // Paxi's way to say that there is no throttle.
        if (name != Rate || value != "0")
        {
            arguments.Add(option.Name);
            arguments.Add(value);
        }
    }
}
