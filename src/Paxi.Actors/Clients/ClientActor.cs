using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;

namespace Paxi.Actors.Clients;

// A client opens a session with its first command, then sends what comes in blocks, to the replica that leads as far as it knows.
//
//   Asker      Client               Replica 1 (follower)       Replica 2 (leader)
//     | Set a -> |                         |                          |
//     |          | open, 1 --------------> | Forward ---------------> |
//     |          | <--- done, leader 2 --- | <--------- ForwardReplies|
//     | Set b -> |                         |                          |
//     |          | a and b, 2 3 in one block ------------------------> |
//     |          | <---------------------------------- 2, 3 are done  |
//     | <- Reply |                                                    |
//
// Silence for the retry interval: the same commands go to the next replica under the same sequence numbers, so that the session table lets
// them take effect once. How a command ends:
//
//   done      a replica answered with its result.
//   failed    it was never sent; or the state machine cannot take it; or the only copy was refused as unsupported.
//   unknown   it was sent, and its deadline passed, or its waiting was cancelled, or its session expired, or its result is not kept.
//
// A refusal is no proof that an earlier copy had no effect, so it never makes a command failed that was sent more than once. A read that was
// sent and not answered is unknown too, although it changes nothing: that is how a history tells that it returned nothing.

/// <summary>
/// The client: keeps the session, follows leader hints, retries with the same sequence numbers, coalesces, honours deadlines. Takes a
/// <see cref="Command"/> and answers its sender with one <see cref="Reply"/>. A lone command leaves at once; what comes while the actor is
/// busy goes together, and under load commands wait for others to go with, a few milliseconds at most.
/// </summary>
public sealed class ClientActor : UntypedActor, IWithTimers
{
    /// <summary>Bodies of the commands that wait or are under way, in bytes; further commands fail as overloaded.</summary>
    public const long MaxPendingBytes = 128 << 20;

    /// <summary>Deadlines and retries may be late by this.</summary>
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(10);

    private readonly ClientSettings _settings;
    private readonly IClientTransport _transport;
    private readonly Random _random;
    private readonly ClientSession?[] _sessions = new ClientSession?[4];
    private readonly long[] _ended = new long[3];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Sink _sink;
    private long _timerAt = long.MaxValue;
    private bool _flushQueued;

    /// <inheritdoc cref="Props(ClientSettings, IClientTransport, Random)"/>
    public ClientActor(ClientSettings settings, IClientTransport transport, Random random)
    {
        (_settings, _transport, _random) = (settings, transport, random);
        _sink = new Sink(this, Context, Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="settings">Whom to ask and how long.</param>
    /// <param name="transport">Akka.Remote when live, the simulated network in a simulation.</param>
    /// <param name="random">Session ids and retry jitter. Two clients must not draw the same numbers: their sessions would be one.</param>
    public static Props Props(ClientSettings settings, IClientTransport transport, Random random) =>
        Akka.Actor.Props.Create(() => new ClientActor(settings, transport, random));

    protected override void OnReceive(object message)
    {
        var now = Context.System.Scheduler.MonotonicClock.Ticks;
        switch (message)
        {
            case ClientReplies replies:
                Take(replies, now);
                break;
            case ClientIntake intake:
                Take(intake, now);
                break;
            case Command command:
                Take(command, now);
                break;
            case Flush:
                _flushQueued = false;
                FlushAll(now);
                break;
            case ClientRefusal refusal:
                Find(refusal.Session)?.Take(refusal, now);
                break;
            case ClientInterrupted interrupted:
                Find(interrupted.Session)?.TakeInterrupted(now);
                break;
            case CancelCommand cancel:
                Cancel(cancel.Command);
                break;
            case Tick:
                Sweep(now);
                break;
            case StatusQuery:
                Sender.Tell(Status());
                break;
            default:
                Unhandled(message);
                break;
        }

        Arm(now);
    }

    protected override void PostStop()
    {
        foreach (var session in _sessions)
        {
            session?.Stop(Replies.Stopped);
        }
    }

    private void Take(Command command, long now)
    {
        try
        {
            Take(PendingCommand.Of(command, Sender), now);
        }
        catch (InvalidCommandException fault)
        {
            Sender.Tell(Replies.Failed(fault.Message));
            return;
        }

        if (!_flushQueued)
        {
            // Behind everything that is in the mailbox now, so all of it leaves together.
            _flushQueued = true;
            Self.Tell(Flush.Instance, ActorRefs.NoSender);
        }
    }

    private void Take(ClientIntake intake, long now)
    {
        var taken = 0;
        while (taken < ClientIntake.Capacity && intake.TryTake(out var command))
        {
            taken++;
            Take(command, now);
        }

        FlushAll(now);
        if (intake.Took(taken))
        {
            Self.Tell(intake, ActorRefs.NoSender);
        }
    }

    private void Take(PendingCommand command, long now)
    {
        if (command.IsOver)
        {
            return;
        }

        if (IsOverloaded(command))
        {
            FlushAll(now);
            if (IsOverloaded(command))
            {
                _ended[(int)Outcome.Failed]++;
                command.End(Replies.Failed(Replies.Overloaded));
                return;
            }
        }

        command.Accept(_settings, now);
        ref var session = ref _sessions[(int)command.Mode];
        session ??= new ClientSession(command.Mode, _settings, _sink, _random, first: 0);
        session.Add(command);
    }

    private void Cancel(PendingCommand command)
    {
        if (command.IsAccepted)
        {
            _sessions[(int)command.Mode]!.Cancel(command);
        }
        else
        {
            // It still lies in the intake.
            command.End(Replies.Failed(Replies.CancelledUnsent));
        }
    }

    private bool IsOverloaded(PendingCommand command)
    {
        var waiting = 0;
        var bytes = 0L;
        foreach (var session in _sessions)
        {
            waiting += session?.Waiting ?? 0;
            bytes += session?.Bytes ?? 0;
        }

        return waiting >= _settings.MaxWaiting || bytes + command.Body.Length > MaxPendingBytes;
    }

    private void Take(ClientReplies replies, long now)
    {
        try
        {
            Find(replies.Session)?.Take(replies, now);
        }
        catch (WireFormatException fault)
        {
            _log.Warning("an answer from replica {0} cannot be read: {1}", replies.Leader, fault.Message);
        }
    }

    /// <summary>Null for a session of before: its commands have ended.</summary>
    private ClientSession? Find(ulong id)
    {
        foreach (var session in _sessions)
        {
            if (session?.Id == id)
            {
                return session;
            }
        }

        return null;
    }

    private void FlushAll(long now)
    {
        foreach (var session in _sessions)
        {
            session?.Flush(now);
        }
    }

    private void Sweep(long now)
    {
        _timerAt = long.MaxValue;
        foreach (var session in _sessions)
        {
            if (session is not null && session.Due <= now)
            {
                session.Sweep(now);
            }
        }
    }

    /// <summary>
    /// One timer for all deadlines, retries and pauses. It mostly comes too early, once in a retry interval, and is set anew; an idle
    /// client has none.
    /// </summary>
    private void Arm(long now)
    {
        var due = long.MaxValue;
        foreach (var session in _sessions)
        {
            due = Math.Min(due, session?.Due ?? long.MaxValue);
        }

        if (due > _timerAt - Granularity.Ticks || due == long.MaxValue)
        {
            return;
        }

        var delay = Math.Max(due - now, Granularity.Ticks);
        _timerAt = now + delay;
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, TimeSpan.FromTicks(delay));
    }

    private RoleStatus Status()
    {
        var log = _sessions[(int)ReadMode.Log];
        var sessions = _sessions.OfType<ClientSession>().ToArray();
        return new RoleStatus("client",
        [
            new("session", log is null ? "none" : log.IsOpen ? "open" : "opening"),
            new("asks", (log?.Target ?? _settings.Replicas[0]).ToString()),
            new("waiting", Text(sessions.Sum(session => session.Waiting))),
            new("outstanding", Text(sessions.Sum(session => session.Outstanding))),
            new("done", Text(_ended[(int)Outcome.Done])),
            new("failed", Text(_ended[(int)Outcome.Failed])),
            new("unknown", Text(_ended[(int)Outcome.Unknown])),
        ]);

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Nobody waits any more for a command that came through a <see cref="ClientIntake"/>.</summary>
    internal sealed record CancelCommand(PendingCommand Command) : INoSerializationVerificationNeeded;

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed class Sink(ClientActor client, IUntypedActorContext context, IActorRef self) : IRequestSink
    {
        public void Send(ReplicaId to, ClientRequests requests) => client._transport.Send(to, requests, self);

        public ulong ChooseSession(ulong floor) => SessionIds.Choose(context.System.Scheduler.Now, client._random, floor);

        public void Ended(Outcome outcome) => client._ended[(int)outcome]++;
    }
}
