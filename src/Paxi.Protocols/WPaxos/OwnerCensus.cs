using System.Globalization;
using Paxi.Actors;

namespace Paxi.Protocols.WPaxos;

/// <summary>How many objects each replica owns, as far as this one has heard.</summary>
internal sealed class OwnerCensus
{
    private readonly SortedDictionary<ReplicaId, int> _owners = [];

    /// <param name="before">The highest ballot seen for an object until now; zero when none was.</param>
    /// <param name="now">The highest one from now on.</param>
    public void Move(Ballot before, Ballot now)
    {
        if (before.Owner == now.Owner && before.IsZero == now.IsZero)
        {
            return;
        }

        Add(before, -1);
        Add(now, 1);
    }

    /// <summary><c>1.1=12 2.3=7</c>, ascending.</summary>
    public override string ToString() =>
        string.Join(' ', _owners.Where(static owner => owner.Value > 0).Select(static owner => string.Create(CultureInfo.InvariantCulture, $"{owner.Key}={owner.Value}")));

    private void Add(Ballot ballot, int count)
    {
        if (!ballot.IsZero)
        {
            _owners[ballot.Owner] = _owners.GetValueOrDefault(ballot.Owner) + count;
        }
    }
}
