using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.TestKit.Simulation;

namespace Paxi.Node.Cli;

/// <summary>
/// The arguments and options of the verbs. Each says in one line what it may be, and that line is both its help and its error, so that the two cannot drift apart.
/// </summary>
internal static class Inputs
{
    public const int MaxMilliseconds = 3_600_000;
    public const double MaxSeconds = 1e6;

    private delegate bool Reader<T>(string text, out T value);

    public static Argument<string> Key() => new("KEY")
    {
        Description = $"the key, 1 to {KeyValueStore.MaxKeyBytes} bytes of UTF-8",
        CustomParser = static result =>
        {
            var key = result.Tokens[0].Value;
            var bytes = Encoding.UTF8.GetByteCount(key);
            if (bytes is 0 or > KeyValueStore.MaxKeyBytes)
            {
                result.AddError($"KEY must be 1 to {KeyValueStore.MaxKeyBytes} bytes of UTF-8; this one has {bytes}");
            }

            return key;
        },
    };

    public static Argument<string> Text(string name, string help) => new(name) { Description = help };

    public static Argument<string?> OptionalText(string name, string help) => new(name) { Description = help, Arity = ArgumentArity.ZeroOrOne };

    public static Argument<int> Zone() => Read<int>("ZONE", "the zone", "a zone's number", static (string text, out int zone) => int.TryParse(text, out zone) && zone is > 0 and <= ushort.MaxValue);

    public static Argument<ReplicaId> Replica(string name, string help) => Read<ReplicaId>(name, help, "a replica, zone.node as in 1.1", TryReplica);

    public static Argument<ReplicaId[]> Replicas(string name, string help) => new(name)
    {
        Description = help,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var ids = new List<ReplicaId>();
            foreach (var token in result.Tokens)
            {
                if (!ReplicaId.TryParse(token.Value, out var id))
                {
                    result.AddError($"{name} must be a list of replicas, zone.node as in 1.1; got {Quote(token.Value)}");
                    return [];
                }

                if (ids.Contains(id))
                {
                    result.AddError($"{name} has {id} twice; name each replica once");
                    return [];
                }

                ids.Add(id);
            }

            return [.. ids];
        },
    };

    /// <summary>How long a fault lasts.</summary>
    public static Argument<double> FaultTime() => Read<double>(
        "S", "for how many seconds; 0 or less is until it is replaced", "a number of seconds, as in 5 or 0.5 (0 or less: until replaced)", TrySeconds);

    public static Argument<double> Milliseconds() =>
        Read<double>("MS", "by how many milliseconds", $"a number of milliseconds, 0 to {MaxMilliseconds}", TryMilliseconds);

    public static Argument<double> Probability() =>
        Read<double>("P", "the share of messages that are lost, 0 to 1", "a probability, 0 to 1", TryProbability);

    public static Option<string?> Config() =>
        new("--config") { Description = "the cluster's configuration (default: cluster.hocon)", HelpName = "F" };

    public static Option<bool> Json() =>
        new("--json") { Description = "print one JSON object as the last line", Arity = ArgumentArity.Zero };

    public static Option<ReplicaId?> Id(string help) => Optional<ReplicaId>("--id", "Z.N", help, "a replica, zone.node as in 1.1", TryReplica);

    public static Option<ReplicaId> RequiredId(string help)
    {
        var option = new Option<ReplicaId>("--id") { Description = help, HelpName = "Z.N", Required = true };
        option.CustomParser = result => Convert<ReplicaId>(result, "--id", "a replica, zone.node as in 1.1", TryReplica);
        return option;
    }

    public static Option<TimeSpan?> Timeout() => Optional<TimeSpan>(
        "--timeout", "S", "when to give up, in seconds (default: client.timeout of the configuration)", "a number of seconds, 0.001 to 3600", TryTimeout);

    public static Option<ReadMode?> ReadMode()
    {
        var option = Optional<ReadMode>(
            "--read", "MODE", "log, leader, quorum or any (default: read of the configuration)", "log, leader, quorum or any", TryReadMode);
        option.CompletionSources.Clear();
        option.CompletionSources.Add("any", "leader", "log", "quorum");
        return option;
    }

    public static Option<string?> Choice(string name, string placeholder, string help, params string[] choices)
    {
        var option = new Option<string?>(name) { Description = help, HelpName = placeholder };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!choices.Contains(text, StringComparer.Ordinal))
            {
                result.AddError($"{name} must be {OneOf(choices)}; got {Quote(text)}");
            }

            return text;
        };
        option.CompletionSources.Add(choices);
        return option;
    }

    public static Option<string?> Word(string name, string placeholder, string help) => new(name) { Description = help, HelpName = placeholder };

    public static Option<int?> Number(string name, string placeholder, string help, int least, int most) => Optional<int>(
        name, placeholder, help, string.Create(CultureInfo.InvariantCulture, $"a whole number, {least} to {most}"),
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);

    public static Option<ulong?> Seed() =>
        Optional<ulong>("--seed", "N", "one run, from this seed", "a whole number, 0 or more", TrySeed);

    public static Option<(ulong First, ulong Last)?> Seeds() => Optional<(ulong First, ulong Last)>(
        "--seeds", "A..B", "a run from each of these seeds", "two whole numbers, the first up to the last, as in 1..100 (at most 10 million)", TrySeeds);

    public static string OneOf(IReadOnlyList<string> choices) => choices.Count switch
    {
        0 => "nothing",
        1 => choices[0],
        _ => $"{string.Join(", ", choices.Take(choices.Count - 1))} or {choices[^1]}",
    };

    /// <summary>The text in quotes, on one line, cut when it is long.</summary>
    public static string Quote(string text)
    {
        const int most = 60;
        return $"'{ValueText.Escape(text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…"))}'";
    }

    private static Argument<T> Read<T>(string name, string help, string mayBe, Reader<T> reader)
        where T : struct => new(name)
        {
            Description = help,
            CustomParser = result => Convert(result, name, mayBe, reader),
        };

    private static Option<T?> Optional<T>(string name, string placeholder, string help, string mayBe, Reader<T> reader)
        where T : struct => new(name)
        {
            Description = help,
            HelpName = placeholder,
            CustomParser = result => Convert(result, name, mayBe, reader),
        };

    private static T Convert<T>(ArgumentResult result, string name, string mayBe, Reader<T> reader)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (!reader(text, out var value))
        {
            result.AddError($"{name} must be {mayBe}; got {Quote(text)}");
        }

        return value;
    }

    private static bool TryReplica(string text, out ReplicaId id) => ReplicaId.TryParse(text, out id);

    private static bool TrySeed(string text, out ulong seed) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);

    private static bool TrySeeds(string text, out (ulong First, ulong Last) seeds)
    {
        seeds = default;
        try
        {
            seeds = SimulateOptions.ParseSeeds(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool TrySeconds(string text, out double seconds) => TryDouble(text, -MaxSeconds, MaxSeconds, out seconds);

    private static bool TryMilliseconds(string text, out double milliseconds) => TryDouble(text, 0, MaxMilliseconds, out milliseconds);

    private static bool TryProbability(string text, out double probability) => TryDouble(text, 0, 1, out probability);

    private static bool TryTimeout(string text, out TimeSpan time)
    {
        var good = TryDouble(text, 0.001, 3600, out var seconds);
        time = good ? TimeSpan.FromSeconds(seconds) : default;
        return good;
    }

    private static bool TryReadMode(string text, out ReadMode mode)
    {
        (var good, mode) = text switch
        {
            "log" => (true, Actors.Commands.ReadMode.Log),
            "leader" => (true, Actors.Commands.ReadMode.Leader),
            "quorum" => (true, Actors.Commands.ReadMode.Quorum),
            "any" => (true, Actors.Commands.ReadMode.Any),
            _ => (false, default),
        };
        return good;
    }

    private static bool TryDouble(string text, double least, double most, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) &&
        value >= least && value <= most;
}
