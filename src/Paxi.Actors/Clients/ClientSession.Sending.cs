using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <content>Whom to ask and when: blocks, hints, pauses, retries, deadlines.</content>
internal sealed partial class ClientSession
{
    /// <summary>With so few under way, each command goes alone: waiting for others would cost more time than it saves work.</summary>
    private const int FewCommands = 8;

    /// <summary>So many commands make a message worth while, whatever is under way.</summary>
    private const int EnoughCommands = 256;

    /// <summary>No command waits longer than this for others to go with: an answer may be lost.</summary>
    private static readonly long LongestHold = TimeSpan.FromMilliseconds(10).Ticks;

    private const long NotHeld = long.MaxValue;
    private const long NeverAgain = long.MaxValue;

    private static readonly long FirstBackOff = TimeSpan.FromMilliseconds(10).Ticks;

    /// <summary>Positions in the list of replicas: the one that is asked, and the one that is asked again.</summary>
    private int _target;
    private int _retryTarget;

    private long _request;
    private long _heardAt = long.MinValue;
    private long _rotatedAt = long.MinValue;
    private long _interval;
    private long _pausedUntil = long.MinValue;
    private long _backOff = FirstBackOff;
    private long _heldSince = NotHeld;


    /// <summary>How many commands waited or were under way lately.</summary>
    private int _usual;

    /// <summary>None of the commands of that request were taken. It proves nothing about copies that other requests carried.</summary>
    public void Take(ClientRefusal refusal, long now)
    {
        var refused = new List<PendingCommand>();
        ForEachOutstanding(command =>
        {
            if (command.Request == refusal.Request && !command.WasRefused)
            {
                refused.Add(command);
            }
        });
        if (refused.Count == 0)
        {
            return;
        }

        Heard(now);
        if (refusal.Reason == RefusalReason.Unsupported)
        {
            EndUnsupported(refused);
            Flush(now);
            return;
        }

        Pause(refusal, now);
        foreach (var command in refused)
        {
            (command.WasRefused, command.RetryAt) = (true, _pausedUntil);
        }
    }

    /// <summary>What is under way may be lost, but the replica that is asked is there: all of it goes again, at once and to the same one.</summary>
    public void TakeInterrupted(long now)
    {
        Heard(now);
        var again = Math.Max(now, _pausedUntil);
        ForEachOutstanding(command =>
        {
            if (command.RetryAt != NeverAgain)
            {
                (command.WasRefused, command.RetryAt) = (true, again);
            }
        });
        if (again == now)
        {
            Retry(now);
        }
    }

    /// <summary>Ends what is past its deadline, sends again what was not answered, and goes on where it paused.</summary>
    public void Sweep(long now)
    {
        ExpireWaiting(now);
        ForEachOutstanding(command =>
        {
            if (command.Deadline <= now)
            {
                GiveUp(command, "timed out");
            }
        });
        if (now >= _pausedUntil)
        {
            Retry(now);
            Flush(now);
        }

        Due = NextDue(now);
    }

    private void WakeAt(long time) => Due = Math.Min(Due, time);

    private void Heard(long now) => _heardAt = now;

    private void Follow(ReplicaId leader)
    {
        var index = _settings.Replicas.IndexOf(leader);
        if (index >= 0 && IsOwn(index))
        {
            _target = index;
        }
    }

    /// <summary>Once for all refusals of what was sent before the pause.</summary>
    private void Pause(ClientRefusal refusal, long now)
    {
        if (now < _pausedUntil)
        {
            return;
        }

        _pausedUntil = now + (_backOff / 2) + _random.NextInt64(_backOff / 2);
        _backOff = Math.Min(_backOff * 2, Math.Max(_settings.RetryInterval.Ticks, FirstBackOff));
        WakeAt(_pausedUntil);
        var before = _target;
        if (refusal.Leader is { } leader)
        {
            Follow(leader);
        }

        if (refusal.Reason == RefusalReason.NoLeader && _target == before)
        {
            Aim(After(_target), now);
        }
    }

    private void EndUnsupported(List<PendingCommand> refused)
    {
        foreach (var command in refused)
        {
            _window.Remove(command);
            var error = Mode == ReadMode.Log ? "refused: no replica takes such a request" : $"refused: this protocol has no {Mode.ToString().ToLowerInvariant()} reads; all have log and any";
            if (command.IsOpening)
            {
                Renew(0);
                EndWaiting(error);
            }
            else if (command.IsRead || command.Sends == 1)
            {
                End(command, Replies.Failed(error));
            }
            else
            {
                End(command, Replies.Unknown($"{error}; an earlier copy may have taken effect"));
            }
        }
    }

    /// <summary>
    /// Whether what waits should wait for more to go with. A message costs both sides as much as dozens of commands, so under load there
    /// are about two of them under way, each with half of the commands; the answer to one releases the other. With nothing under way
    /// nothing is held.
    /// </summary>
    private bool Holds(long now)
    {
        _usual = Math.Max(_usual, Waiting + Outstanding);
        if (Outstanding == 0 || Waiting >= Math.Min(EnoughCommands, (_usual - FewCommands) / 2))
        {
            return false;
        }

        if (_heldSince == NotHeld)
        {
            _heldSince = now;
        }

        WakeAt(_heldSince + LongestHold);
        return now - _heldSince < LongestHold;
    }

    /// <summary>Callers that went away stop counting after some tens of answers.</summary>
    private void Forget() => _usual -= Math.Max(1, _usual / 32);

    private void SendWaiting(long now)
    {
        while (TakeBlock())
        {
            SendBlock(OwnOnTrial(now) ?? _target, now);
        }
    }

    /// <summary>The next block of what waits; false if there is none.</summary>
    private bool TakeBlock()
    {
        var bytes = 0L;
        while (_waiting.TryPeek(out var command))
        {
            if (command.IsOver)
            {
                _waiting.Dequeue();
                _dead--;
                continue;
            }

            if (_window.IsFull || IsEnough(bytes, command))
            {
                break;
            }

            _waiting.Dequeue();
            _window.Add(command);
            _block.Add(command);
            bytes += command.Body.Length;
        }

        return _block.Count > 0;
    }

    private bool IsEnough(long bytes, PendingCommand next) =>
        _block.Count == BatchReader.MaxCommandsPerBlock || (_block.Count > 0 && bytes + next.Body.Length > MaxBlockBytes);

    /// <summary>Sends the commands of <see cref="_block"/>, which ascend by their sequence numbers, and empties it.</summary>
    private void SendBlock(int target, long now)
    {
        _request++;
        var lowest = _window.Lowest;
        foreach (var command in _block)
        {
            if (command.Sends++ == 0)
            {
                command.FirstLowest = lowest;
            }

            command.WasSentUnlike |= command.FirstLowest != lowest;
            (command.Request, command.RetryAt, command.WasRefused) = (_request, now + _interval, false);
            _bodies.Add((command.Sequence, command.Body));
        }

        WakeAt(now + _interval);
        var block = BatchWriter.Block(Id, lowest, _bodies);
        _block.Clear();
        _bodies.Clear();
        _sink.Send(_settings.Replicas[target], new ClientRequests(Id, _request, Mode, block));
    }

    /// <summary>What was refused goes to whom the refusal named; what was met with silence goes to the next replica.</summary>
    private void Retry(long now)
    {
        if (_opening is { } opening && opening.RetryAt <= now && Waiting == 0)
        {
            // Nobody needs the session now. The next command opens it.
            opening.RetryAt = NeverAgain;
        }

        var silent = false;
        ForEachOutstanding(command => silent |= command.RetryAt <= now && !command.WasRefused && command.Request != _trial);
        if (_trial != NoRequest)
        {
            Resend(now, refused: false, _target, now, onTrial: true);
        }

        if (silent)
        {
            // A replica that said nothing for so long will not answer what it was sent last either.
            Resend(Rotate(now) ? NeverAgain - 1 : now, refused: false, _retryTarget, now);
        }

        Resend(now, refused: true, _target, now);
    }

    /// <summary>
    /// At most once in an interval, however many blocks went unanswered. True if the replica that is asked has not been heard of for that
    /// long.
    /// </summary>
    private bool Rotate(long now)
    {
        if (_rotatedAt + _settings.RetryInterval.Ticks > now)
        {
            return false;
        }

        _rotatedAt = now;
        _retryTarget = After(_retryTarget);
        if (_retryTarget == _target)
        {
            _retryTarget = After(_target);
        }

        _interval = Jittered(_settings.RetryInterval.Ticks);
        if (_heardAt > now - _settings.RetryInterval.Ticks)
        {
            return false;
        }

        Aim(_retryTarget, now);
        return true;
    }

    /// <param name="due">What was to be sent again by then.</param>
    /// <param name="refused">What was refused, or what was met with silence.</param>
    /// <param name="target">Where to.</param>
    /// <param name="now">In ticks.</param>
    /// <param name="onTrial">Only what went to an own replica on trial.</param>
    private void Resend(long due, bool refused, int target, long now, bool onTrial = false)
    {
        var bytes = 0L;
        for (var sequence = _window.Lowest; sequence < _window.Next; sequence++)
        {
            if (_window.Find(sequence) is not { } command || command.RetryAt > due || command.WasRefused != refused || (onTrial && command.Request != _trial))
            {
                continue;
            }

            if (IsEnough(bytes, command))
            {
                SendBlock(target, now);
                bytes = 0;
            }

            _block.Add(command);
            bytes += command.Body.Length;
        }

        if (_block.Count > 0)
        {
            SendBlock(target, now);
        }
    }

    private void ExpireWaiting(long now)
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var command = _waiting.Dequeue();
            if (command.IsOver)
            {
                _dead--;
            }
            else if (command.Deadline <= now)
            {
                End(command, Ending(command, "timed out"));
            }
            else
            {
                _waiting.Enqueue(command);
            }
        }
    }

    private long NextDue(long now)
    {
        var due = long.MaxValue;
        foreach (var command in _waiting)
        {
            due = Math.Min(due, command.Deadline);
        }

        ForEachOutstanding(command => due = Math.Min(due, Math.Min(command.Deadline, Math.Max(command.RetryAt, _pausedUntil))));
        if (_heldSince != NotHeld)
        {
            due = Math.Min(due, _heldSince + LongestHold);
        }

        return now < _pausedUntil && Waiting > 0 ? Math.Min(due, _pausedUntil) : due;
    }

    private int After(int target) => (target + 1) % _settings.Replicas.Length;

    /// <summary>Up to a quarter more, so that clients that were cut off together do not come back together.</summary>
    private long Jittered(long time) => time + _random.NextInt64((time / 4) + 1);
}
