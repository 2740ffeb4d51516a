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
    private const string Majority = "0";

    private AgreedSettings(ImmutableArray<KeyValuePair<string, string>> durable, ImmutableArray<KeyValuePair<string, string>> all)
    {
        Durable = durable;
        All = all;
    }

    /// <summary>What the log and the state depend on: as long as there is data, it stays as it is.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Durable { get; }

    /// <summary>Those, and what replicas that run must have alike.</summary>
    public ImmutableArray<KeyValuePair<string, string>> All { get; }

    /// <summary>Of what all of them mean in the epoch, and of its voters; travels in every envelope.</summary>
    public uint FingerprintIn(Epoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return Hash($"{Show([.. All.Select(setting => InEpoch(setting, epoch))])} {epoch}");
    }

    /// <param name="algorithm">The protocol's name.</param>
    /// <param name="settings">The section <c>paxi</c>, with defaults.</param>
    public static AgreedSettings Of(string algorithm, Config settings)
    {
        ImmutableArray<KeyValuePair<string, string>> durable =
        [
            Number("quorum.q1"),
            Number("quorum.q2"),
            Number("grid.fz"),
            Number("grid.fn"),
            Switch("grid.rows"),
            Number("sessions.max"),
            Number("sessions.max-outstanding"),
            Number("store.max-versions"),
            Number("groups"),
            Number("group-size"),
        ];
        return new AgreedSettings(durable,
        [
            new("algorithm", algorithm),
            .. durable,
            new("lease.duration", string.Create(CultureInfo.InvariantCulture, $"{settings.GetTimeSpan("lease.duration").TotalMilliseconds}ms")),
            Number("lease.max-drift"),
            Switch("ephemeral-leader"),
        ]);

        KeyValuePair<string, string> Number(string key) => new(key, settings.GetLong(key).ToString(CultureInfo.InvariantCulture));

        KeyValuePair<string, string> Switch(string key) => new(key, settings.GetBoolean(key) ? "on" : "off");
    }

    /// <summary>Whose journal a directory holds.</summary>
    public JournalIdentity Identity(ReplicaId self, string algorithm) => new(self, algorithm, Show(Durable));

    public override string ToString() => Show(All);

    /// <summary>
    /// A quorum of a majority is the same whether its size was given or not, for so long as these vote. Where voters may change it is not, so a journal keeps what was written.
    /// </summary>
    private static KeyValuePair<string, string> InEpoch(KeyValuePair<string, string> setting, Epoch epoch) => setting switch
    {
        { Key: "quorum.q1" or "quorum.q2", Value: Majority } => new(setting.Key, epoch.IsJoint ? $"{MajorityOf(epoch.Before)},{MajorityOf(epoch.Voters)}" : $"{MajorityOf(epoch.Voters)}"),
        { Key: "quorum.q1" or "quorum.q2" } when epoch.IsJoint => new(setting.Key, $"{setting.Value},{setting.Value}"),
        _ => setting,
    };

    private static int MajorityOf(ImmutableArray<ReplicaId> voters) => (voters.Length / 2) + 1;

    private static string Show(ImmutableArray<KeyValuePair<string, string>> settings) =>
        string.Join(' ', settings.Select(static setting => $"{setting.Key}={setting.Value}"));

    private static uint Hash(string text) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
