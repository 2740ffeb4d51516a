using System.Collections.Immutable;
using Paxi.Actors;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>Links that are cut or lose messages.</summary>
public sealed partial class FaultInjector
{
    private void Cut(FaultEvent fault, ImmutableArray<ReplicaId> side, ImmutableArray<ReplicaId> others, CutDirection direction)
    {
        if (!side.IsEmpty && !others.IsEmpty)
        {
            Count(fault);
            CutLinks(fault.For, side, others, direction);
        }
    }

    internal void CutLinks(TimeSpan span, ImmutableArray<ReplicaId> side, ImmutableArray<ReplicaId> others, CutDirection direction)
    {
        var links = new List<SimulatedLink>();
        foreach (var from in side)
        {
            foreach (var to in others)
            {
                if (direction != CutDirection.In)
                {
                    links.Add(_cluster.Network.Link(from, to));
                }

                if (direction != CutDirection.Out)
                {
                    links.Add(_cluster.Network.Link(to, from));
                }
            }
        }

        foreach (var link in links)
        {
            HoldOf(link).Cuts++;
            link.IsCut = true;
        }

        After(span, () =>
        {
            foreach (var link in links)
            {
                link.IsCut = --HoldOf(link).Cuts > 0;
            }
        });
    }

    private void Flake(FlakyEvent fault, ReplicaId replica)
    {
        Count(fault);
        foreach (var other in _cluster.Started.Where(other => other != replica))
        {
            foreach (var link in new[] { _cluster.Network.Link(replica, other), _cluster.Network.Link(other, replica) })
            {
                Lose(link, fault.Loss, fault.For);
            }
        }
    }

    private void Lose(SimulatedLink link, double loss, TimeSpan span)
    {
        Lose(link, loss, true);
        After(span, () => Lose(link, loss, false));
    }

    /// <summary>Of several faults the link has the greatest loss.</summary>
    internal void Lose(SimulatedLink link, double loss, bool begins)
    {
        var losses = HoldOf(link).Losses;
        if (begins)
        {
            losses.Add(loss);
        }
        else
        {
            losses.Remove(loss);
        }

        if (!IsHealed)
        {
            link.Loss = losses.Count > 0 ? losses.Max() : null;
        }
    }

    private LinkHold HoldOf(SimulatedLink link)
    {
        if (!_links.TryGetValue(link, out var hold))
        {
            _links.Add(link, hold = new LinkHold());
        }

        return hold;
    }

    private sealed class LinkHold
    {
        public int Cuts { get; set; }

        public List<double> Losses { get; } = [];
    }
}
