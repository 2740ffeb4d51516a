using System.Collections.Immutable;
using Akka.Configuration;
using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <param name="Replicas">Whom it may ask; the first is asked first.</param>
/// <param name="Timeout">When a command's outcome becomes unknown.</param>
/// <param name="RetryInterval">How long to wait for a replica before the next one is asked with the same sequence numbers.</param>
/// <param name="ReadMode">For reads that say nothing else.</param>
/// <param name="MaxOutstanding">How many commands may be under way, counted from the oldest of them; further ones wait. No more than a
/// session's bound at the replicas.</param>
/// <param name="MaxWaiting">How many may wait; further ones fail as overloaded, without effect.</param>
public sealed record ClientSettings(
    ImmutableArray<ReplicaId> Replicas, TimeSpan Timeout, TimeSpan RetryInterval, ReadMode ReadMode, int MaxOutstanding, int MaxWaiting)
{
    /// <summary>
    /// How many of <see cref="Replicas"/>, from the first one on, are the client's own, 1 or more; null for all. It asks the others only while its own are silent,
    /// whoever an answer names, and tries its own again now and then.
    /// </summary>
    public int? Own { get; init; }

    /// <summary>From the section <c>paxi</c>.</summary>
    /// <exception cref="ArgumentException">A value is out of range; one line that names the key.</exception>
    public static ClientSettings Create(Config paxi, ImmutableArray<ReplicaId> replicas)
    {
        ArgumentNullException.ThrowIfNull(paxi);
        if (replicas.IsDefaultOrEmpty)
        {
            throw new ArgumentException("paxi.address: a client needs at least one replica");
        }

        var bound = Number(paxi, "sessions.max-outstanding", 1, int.MaxValue);
        return new ClientSettings(
            replicas,
            Time(paxi, "client.timeout"),
            Time(paxi, "client.retry-interval"),
            Mode(paxi, "read"),
            Number(paxi, "client.max-outstanding", 1, Math.Min(bound, BatchReader.MaxCommandsPerBlock)),
            Number(paxi, "client.max-waiting", 1, int.MaxValue));
    }

    private static TimeSpan Time(Config paxi, string key)
    {
        var value = Value(paxi, key, static (config, name) => config.GetTimeSpan(name, null, allowInfinite: false), "a time as in 500ms or 10s");
        return value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentException($"paxi.{key} = {value} must be between 1ms and 1 day");
    }

    private static int Number(Config paxi, string key, int least, int most)
    {
        var value = Value(paxi, key, static (config, name) => config.GetInt(name), "a whole number");
        return value >= least && value <= most
            ? value
            : throw new ArgumentException($"paxi.{key} = {value} must be between {least} and {most}");
    }

    private static ReadMode Mode(Config paxi, string key) => paxi.GetString(key, "") switch
    {
        "log" => ReadMode.Log,
        "leader" => ReadMode.Leader,
        "quorum" => ReadMode.Quorum,
        "any" => ReadMode.Any,
        var other => throw new ArgumentException($"paxi.{key} = '{other}' must be log, leader, quorum or any"),
    };

    private static T Value<T>(Config paxi, string key, Func<Config, string, T> read, string kind)
    {
        if (!paxi.HasPath(key))
        {
            throw new ArgumentException($"paxi.{key} is missing; it is {kind}");
        }

        try
        {
            return read(paxi, key);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or InvalidCastException or ArgumentException or ConfigurationException)
        {
            throw new ArgumentException($"paxi.{key} = '{paxi.GetString(key, "")}' must be {kind}");
        }
    }
}
