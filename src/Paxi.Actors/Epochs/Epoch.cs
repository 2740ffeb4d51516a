using System.Collections.Immutable;
using System.Globalization;
using Paxi.Actors.Quorums;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Epochs;

/// <summary>
/// The members at a time, by number. Epoch 1 has those of the configuration file. A change of the members takes two epochs: a joint one, in which quorums must be quorums
/// of the old and of the new voters, and the new one. Immutable, compared by content.
/// </summary>
public sealed record Epoch
{
    private const int MinVoterBytes = 4;

    /// <exception cref="ArgumentException">No voters, a voter twice, or a number below 1.</exception>
    public Epoch(long number, ImmutableArray<ReplicaId> voters, ImmutableArray<ReplicaId> before = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        (Number, Voters, Before) = (number, Sorted(voters), Sorted(before.IsDefault ? [] : before));
        if (Voters.IsEmpty)
        {
            throw new ArgumentException("an epoch has at least one voter", nameof(voters));
        }
    }

    /// <summary>From 1, without gaps.</summary>
    public long Number { get; }

    /// <summary>Who votes; in a joint epoch who will. In the order of their ids.</summary>
    public ImmutableArray<ReplicaId> Voters { get; }

    /// <summary>In a joint epoch: who has voted up to now; else empty.</summary>
    public ImmutableArray<ReplicaId> Before { get; }

    /// <summary>Whether a change is under way: quorums are those of the old and of the new voters.</summary>
    public bool IsJoint => !Before.IsEmpty;

    /// <summary>Everyone who has a vote: in a joint epoch the old and the new voters.</summary>
    public ImmutableArray<ReplicaId> Members => IsJoint ? [.. Voters.Union(Before).Order()] : Voters;

    /// <summary>The first step of a change: old and new together.</summary>
    /// <exception cref="InvalidOperationException">This one is joint itself: one change at a time.</exception>
    public Epoch ToJoint(ImmutableArray<ReplicaId> voters) =>
        IsJoint ? throw new InvalidOperationException($"epoch {Number} is joint") : new Epoch(Number + 1, voters, Voters);

    /// <summary>The second step: the new voters alone.</summary>
    /// <exception cref="InvalidOperationException">This one is not joint.</exception>
    public Epoch ToFinal() => IsJoint ? new Epoch(Number + 1, Voters) : throw new InvalidOperationException($"epoch {Number} is not joint");

    /// <summary>
    /// Back to the voters before: always safe, because what was decided in the joint epoch has a phase-2 quorum of them, and what was won in it a phase-1 quorum.
    /// </summary>
    /// <exception cref="InvalidOperationException">This one is not joint.</exception>
    public Epoch ToAborted() => IsJoint ? new Epoch(Number + 1, Before) : throw new InvalidOperationException($"epoch {Number} is not joint");

    /// <summary>The quorums that the protocol's rules give for these members.</summary>
    /// <param name="of">The protocol's rules for a set of voters.</param>
    /// <exception cref="QuorumException">The rules cannot be met by these voters: the one line to show.</exception>
    public QuorumSystem Quorums(Func<ImmutableArray<ReplicaId>, QuorumSystem> of) =>
        IsJoint ? QuorumSystem.Joint(of(Before), of(Voters)) : of(Voters);

    public bool Equals(Epoch? other) =>
        other is not null && Number == other.Number && Voters.SequenceEqual(other.Voters) && Before.SequenceEqual(other.Before);

    public override int GetHashCode() => HashCode.Combine(Number, Voters.Length, Before.Length);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Number}: {(IsJoint ? $"{Show(Before)} and {Show(Voters)} jointly" : Show(Voters))}");

    internal void Write(WireWriter writer)
    {
        writer.VarInt(Number);
        Write(writer, Voters);
        Write(writer, Before);
    }

    /// <exception cref="WireFormatException">The bytes are no epoch.</exception>
    internal static Epoch Read(ref WireReader reader)
    {
        var number = reader.VarInt();
        var voters = ReadIds(ref reader);
        var before = ReadIds(ref reader);
        try
        {
            return new Epoch(number, voters, before);
        }
        catch (ArgumentException fault)
        {
            throw new WireFormatException(fault.Message);
        }
    }

    internal static void Write(WireWriter writer, ImmutableArray<ReplicaId> ids)
    {
        writer.VarInt(ids.Length);
        foreach (var id in ids)
        {
            writer.Replica(id);
        }
    }

    internal static ImmutableArray<ReplicaId> ReadIds(ref WireReader reader)
    {
        var ids = ImmutableArray.CreateBuilder<ReplicaId>();
        for (var left = reader.Count(MinVoterBytes); left > 0; left--)
        {
            ids.Add(reader.Replica());
        }

        return ids.Count <= VoteSet.MaxMembers ? ids.ToImmutable() : throw new WireFormatException($"an epoch of {ids.Count} voters");
    }

    private static ImmutableArray<ReplicaId> Sorted(ImmutableArray<ReplicaId> ids)
    {
        ImmutableArray<ReplicaId> sorted = [.. ids.Order()];
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index] == sorted[index - 1])
            {
                throw new ArgumentException($"replica {sorted[index]} is a voter twice", nameof(ids));
            }
        }

        return sorted;
    }

    private static string Show(ImmutableArray<ReplicaId> ids) => string.Join(", ", ids);
}
