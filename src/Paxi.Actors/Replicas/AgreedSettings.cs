using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Configuration;
using Paxi.Actors.Epochs;
using Paxi.Actors.Journal;

namespace Paxi.Actors.Replicas;

/// <summary>
/// The settings that every replica must have alike, or they would decide or execute differently: which sets of votes are enough, how many sessions and
/// versions are kept, how long a lease binds. Replicas compare them, and who votes in their epoch, at every contact by a fingerprint; those that outlive a restart stand in the
/// journal's identity too.
/// </summary>
public sealed class AgreedSettings
{
    /// <summary>The algorithm whose keys lie in groups; others have no use for those settings, and their journals do not know them.</summary>
    private const string GroupedAlgorithm = "paxos_groups";

    private AgreedSettings(ImmutableArray<KeyValuePair<string, string>> durable, ImmutableArray<KeyValuePair<string, string>> all)
    {
        Durable = durable;
        All = all;
    }

    /// <summary>What the log and the state depend on: as long as there is data, it stays as it is.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Durable { get; }

    /// <summary>Those, and what replicas that run must have alike.</summary>
    public ImmutableArray<KeyValuePair<string, string>> All { get; }

    /// <summary>Of all of them and of the epoch's voters; travels in every envelope.</summary>
    public uint FingerprintIn(Epoch epoch) => Hash($"{this} {epoch}");

    /// <param name="algorithm">The protocol's name.</param>
    /// <param name="settings">The section <c>paxi</c>, with defaults.</param>
    public static AgreedSettings Of(string algorithm, Config settings)
    {
        ImmutableArray<KeyValuePair<string, string>> durable =
        [
            Number("quorum.q1"),
            Number("quorum.q2"),
            Number("sessions.max"),
            Number("sessions.max-outstanding"),
            Number("store.max-versions"),
            .. algorithm == GroupedAlgorithm ? [Number("groups"), Number("group-size")] : ImmutableArray<KeyValuePair<string, string>>.Empty,
        ];
        return new AgreedSettings(durable,
        [
            new("algorithm", algorithm),
            .. durable,
            new("lease.duration", string.Create(CultureInfo.InvariantCulture, $"{settings.GetTimeSpan("lease.duration").TotalMilliseconds}ms")),
            Number("lease.max-drift"),
            new("ephemeral-leader", settings.GetBoolean("ephemeral-leader") ? "on" : "off"),
        ]);

        KeyValuePair<string, string> Number(string key) => new(key, settings.GetLong(key).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whose journal a directory holds.</summary>
    public JournalIdentity Identity(ReplicaId self, string algorithm) => new(self, algorithm, Show(Durable));

    public override string ToString() => Show(All);

    private static string Show(ImmutableArray<KeyValuePair<string, string>> settings) =>
        string.Join(' ', settings.Select(static setting => $"{setting.Key}={setting.Value}"));

    private static uint Hash(string text) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
