using Akka.Actor;
using Paxi.Actors;
using Paxi.Actors.Detector;
using Paxi.Actors.Replicas;

namespace Paxi.Protocols.Paxos;

/// <summary>Leases: granted by answering a heartbeat. While one is out, nobody but its holder is promised a ballot.</summary>
internal sealed partial class AcceptorActor
{
    private void OnHeartbeat(HeartbeatHeard heard)
    {
        if (!IsSane(heard.From, heard.Ballot))
        {
            _refused.Add();
            return;
        }

        if (heard.Ballot < _promised || heard.Ballot < _heard)
        {
            Reject(heard.From, heard.Ballot);
            return;
        }

        // A leader of a higher ballot won against every lease before it, so its grant may replace one that runs still.
        _heard = heard.Ballot;
        if (_options.HasLeases)
        {
            (_grantee, _grantedUntil) = (heard.From, Now + _options.LeaseDuration);
        }

        _context.Role(KernelRoles.Detector).Tell(new Acknowledge(heard.From, heard.Ballot, heard.Number), Self);
    }

    /// <summary>A lease is out; the highest ballot that asks meanwhile is answered when it ends.</summary>
    private void Defer(Prepare prepare)
    {
        if (_deferred is null || prepare.Ballot >= _deferred.Ballot)
        {
            _deferred = prepare;
        }

        Timers.StartSingleTimer(LeaseTimer, LeaseEnded.Instance, _grantedUntil - Now);
    }

    private void Undefer()
    {
        if (_deferred is { } prepare)
        {
            _deferred = null;
            OnPrepare(prepare);
        }
    }

    private sealed record LeaseEnded : INoSerializationVerificationNeeded
    {
        public static readonly LeaseEnded Instance = new();
    }
}
