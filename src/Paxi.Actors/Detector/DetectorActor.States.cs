using Paxi.Actors.Quorums;

namespace Paxi.Actors.Detector;

// What the detector does at present: nothing, watch for a leader, stand for election, or lead.
public sealed partial class DetectorActor
{
    private abstract class State
    {
        public abstract string Name { get; }
    }

    private sealed class Idle : State
    {
        public override string Name => "idle";
    }

    private sealed class Watching : State
    {
        public override string Name => Agreed.IsEmpty ? "watching" : "polling";

        /// <summary>Who misses the leader, in the present poll; empty when there is none.</summary>
        public VoteSet Agreed { get; set; }

        /// <summary>It has given way to another's poll since it last heard a leader.</summary>
        public bool HasYielded { get; set; }
    }

    private sealed class Campaigning : State
    {
        public override string Name => "campaigning";
    }

    private sealed class Beating(Ballot ballot, TimeSpan since, int members) : State
    {
        private const int Remembered = 64;
        private readonly TimeSpan[] _sent = new TimeSpan[Remembered];
        private readonly TimeSpan[] _acknowledged = CreateTimes(members, since);
        private readonly TimeSpan _since = since;
        private VoteSet _answering;
        private long _number;

        public override string Name => "beating";

        public Ballot Ballot { get; } = ballot;

        /// <summary>Who has acknowledged lately, as the listener was told last.</summary>
        public VoteSet Contact { get; set; }

        /// <summary>From when the lease counts that the holder was told of last; the leadership's start before there is one.</summary>
        public TimeSpan LeaseFrom { get; set; } = since;

        /// <summary>Puts down when the next heartbeat leaves; returns its number, from 1.</summary>
        public long Sent(TimeSpan now)
        {
            _number++;
            _sent[_number % Remembered] = now;
            return _number;
        }

        /// <summary>False for an answer to a heartbeat that was never sent, or so long ago that it is forgotten.</summary>
        public bool Acknowledged(int member, long number)
        {
            if (number < 1 || number > _number || number <= _number - Remembered)
            {
                return false;
            }

            _answering = _answering.With(member);
            var time = _sent[number % Remembered];
            if (time > _acknowledged[member])
            {
                _acknowledged[member] = time;
            }

            return true;
        }

        /// <summary>Who has acknowledged a heartbeat that was sent then or later; not those whose time is still the leadership's start.</summary>
        public VoteSet HeardSince(TimeSpan time) => Since(time).Intersect(_answering);

        /// <summary>The latest time for which a phase-2 quorum has acknowledged a heartbeat that was sent then or later.</summary>
        public TimeSpan QuorumTime(QuorumSystem quorums)
        {
            var found = _since;
            foreach (var time in _acknowledged)
            {
                // Every member's time is a candidate; at most 64 of them, ten times a second.
                if (time > found && quorums.IsPhase2Quorum(Since(time)))
                {
                    found = time;
                }
            }

            return found;
        }

        private VoteSet Since(TimeSpan time)
        {
            var set = VoteSet.Empty;
            for (var member = 0; member < _acknowledged.Length; member++)
            {
                if (_acknowledged[member] >= time)
                {
                    set = set.With(member);
                }
            }

            return set;
        }

        private static TimeSpan[] CreateTimes(int members, TimeSpan since)
        {
            var times = new TimeSpan[members];
            Array.Fill(times, since);
            return times;
        }
    }
}
