using System.Globalization;
using Paxi.Actors;
using Paxi.Actors.Replicas;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.WPaxos;

/// <content>What is counted, for the status and for the metrics.</content>
internal sealed partial class OwnersActor
{
    private readonly MinuteWindow _recentSteals = new();
    private readonly RoleCounter _firstTouches;
    private readonly RoleCounter _steals;
    private readonly RoleCounter _losses;
    private readonly RoleCounter _handovers;
    private readonly RoleCounter _inherited;
    private readonly RoleCounter _passedOn;
    private readonly RoleCounter _dropped;
    private int _shownOwned;

    /// <summary>Roles that end own nothing: those that start anew have to win phase 1 again.</summary>
    protected override void PostStop() => ShowOwned(0);

    /// <param name="before">The highest ballot that was known when this replica chose its own.</param>
    private void CountWon(Ballot before)
    {
        if (before.IsZero || before.Owner == _self)
        {
            _firstTouches.Add();
            return;
        }

        _steals.Add();
        _recentSteals.Add(Now);
    }

    private void ShowOwned(int owned)
    {
        if (owned != _shownOwned)
        {
            WPaxosMetrics.Owned.Add(owned - _shownOwned, new KeyValuePair<string, object?>("replica", _self.ToString()));
            _shownOwned = owned;
        }
    }

    private RoleStatus Status() => new(WPaxosRoles.Owners,
    [
        new("owned", _table.Owned.ToString(CultureInfo.InvariantCulture)),
        new("steals-per-minute", _recentSteals.Count(Now).ToString(CultureInfo.InvariantCulture)),
        new("owners", _table.Owners.ToString()),
        new("objects", _table.Objects.ToString(CultureInfo.InvariantCulture)),
        new("active", _table.Active.ToString(CultureInfo.InvariantCulture)),
        new("waiting", _waiting.ToString(CultureInfo.InvariantCulture)),
        new("rounds", _rounds.Count.ToString(CultureInfo.InvariantCulture)),
        new("targets", _context.Quorums.Show(_neighbours.Targets)),
        new("proposed", _proposed.ToString(CultureInfo.InvariantCulture)),
        new("commands", _commands.ToString(CultureInfo.InvariantCulture)),
        new("first-touches", _firstTouches.ToString()),
        new("steals", _steals.ToString()),
        new("losses", _losses.ToString()),
        new("handovers", _handovers.ToString()),
        new("inherited", _inherited.ToString()),
        new("transactions", _transactions.Count.ToString(CultureInfo.InvariantCulture)),
        new("committed", _committed.ToString(CultureInfo.InvariantCulture)),
        new("settled", _settled.ToString(CultureInfo.InvariantCulture)),
        new("failed", _failed.ToString(CultureInfo.InvariantCulture)),
        new("passed-on", _passedOn.ToString()),
        new("dropped", _dropped.ToString()),
        new("resent", _resent.ToString(CultureInfo.InvariantCulture)),
        new("refused", _refused.ToString(CultureInfo.InvariantCulture)),
    ]);
}
