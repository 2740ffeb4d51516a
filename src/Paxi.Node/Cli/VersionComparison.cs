using System.Collections.Immutable;
using Paxi.Actors;

namespace Paxi.Node.Cli;

internal enum Agreement
{
    /// <summary>The same versions everywhere.</summary>
    Equal,

    /// <summary>Some replicas have executed less: what they have, the others have too.</summary>
    Prefix,

    /// <summary>Two replicas executed the same slots and hold different versions: this must never be.</summary>
    Conflict,

    /// <summary>Too few answers; or the lists differ between replicas that have not executed the same slots.</summary>
    Unknown,
}

/// <summary>The versions of a key that one replica keeps, the oldest first.</summary>
/// <param name="Slot">The last slot executed, when it was the same before and after the list was read; null when it moved or is not told.</param>
/// <param name="IsMoving">Whether it moved.</param>
internal sealed record ReplicaVersions(ReplicaId Id, ImmutableArray<ReadOnlyMemory<byte>> Versions, long? Slot, bool IsMoving = false);

/// <summary>A replica's list against that of the replica that executed most.</summary>
/// <param name="Behind">How many of the newest versions it lacks; null when that cannot be told.</param>
/// <param name="DiffersFrom">For a conflict: the replica that has other versions at the same slot.</param>
/// <param name="DiffersAt">For a conflict: the first version, counted from 1, where the two differ.</param>
internal sealed record ComparedVersions(ReplicaVersions Replica, Agreement Agreement, int? Behind, ReplicaId? DiffersFrom, int? DiffersAt);

/// <summary>
/// Compares what replicas keep of one key's history, as Paxi's <c>consensus</c>.
/// <para>
/// Replicas that have executed the same slots must keep the same list; another one is a conflict for certain. At different slots a list says less: a store keeps the newest
/// versions only and a delete forgets them, so two lists are windows on one sequence. Then they agree when one can be laid over the other, the later one reaching
/// further; if none fits, nobody can tell a replica that has not seen a delete yet from one that went astray.
/// </para>
/// </summary>
internal static class VersionComparison
{
    public static ImmutableArray<ComparedVersions> Compare(ImmutableArray<ReplicaVersions> replicas)
    {
        if (replicas.IsEmpty)
        {
            return [];
        }

        var reference = replicas.MaxBy(replica => (replica.Slot ?? -1, replica.Versions.Length))!;
        return [.. replicas.Select(replica => FindConflict(replica, replicas) ?? Overlay(replica, reference))];
    }

    public static Agreement Verdict(ImmutableArray<ComparedVersions> compared) =>
        compared.Any(one => one.Agreement == Agreement.Conflict) ? Agreement.Conflict
        : compared.Length < 2 || compared.Any(one => one.Agreement == Agreement.Unknown) ? Agreement.Unknown
        : compared.All(one => one.Agreement == Agreement.Equal) ? Agreement.Equal
        : Agreement.Prefix;

    private static ComparedVersions? FindConflict(ReplicaVersions replica, ImmutableArray<ReplicaVersions> replicas)
    {
        foreach (var other in replicas)
        {
            if (replica.Slot is { } slot && other.Slot == slot && FirstDifference(replica.Versions, other.Versions) is { } place)
            {
                return new ComparedVersions(replica, Agreement.Conflict, null, other.Id, place + 1);
            }
        }

        return null;
    }

    private static ComparedVersions Overlay(ReplicaVersions replica, ReplicaVersions reference)
    {
        var (own, other) = (replica.Versions, reference.Versions);
        if (FirstDifference(own, other) is null)
        {
            return new ComparedVersions(replica, Agreement.Equal, 0, null, null);
        }

        if (own.IsEmpty)
        {
            return new ComparedVersions(replica, Agreement.Prefix, other.Length, null, null);
        }

        // shift: the place in the other list where the own list begins; less than 0 when the other has dropped the first ones. The own list may not reach further.
        for (var shift = other.Length - own.Length; shift > -own.Length; shift--)
        {
            if (Fits(own, other, shift))
            {
                return new ComparedVersions(replica, Agreement.Prefix, other.Length - own.Length - shift, null, null);
            }
        }

        return new ComparedVersions(replica, Agreement.Unknown, null, null, null);
    }

    private static bool Fits(ImmutableArray<ReadOnlyMemory<byte>> own, ImmutableArray<ReadOnlyMemory<byte>> other, int shift)
    {
        for (var place = Math.Max(0, shift); place < Math.Min(other.Length, shift + own.Length); place++)
        {
            if (!other[place].Span.SequenceEqual(own[place - shift].Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first place where the two lists differ or only one goes on; null when they are the same.</summary>
    private static int? FirstDifference(ImmutableArray<ReadOnlyMemory<byte>> left, ImmutableArray<ReadOnlyMemory<byte>> right)
    {
        for (var place = 0; place < Math.Max(left.Length, right.Length); place++)
        {
            if (place >= left.Length || place >= right.Length || !left[place].Span.SequenceEqual(right[place].Span))
            {
                return place;
            }
        }

        return null;
    }
}
