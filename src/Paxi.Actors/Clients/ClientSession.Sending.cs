using Paxi.Actors.Commands;

namespace Paxi.Actors.Clients;

/// <content>Whom to ask and when: blocks, hints, pauses, retries, deadlines.</content>
internal sealed partial class ClientSession
{
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
        if (index >= 0)
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
            _target = After(_target);
        }
    }

    private void EndUnsupported(List<PendingCommand> refused)
    {
        foreach (var command in refused)
        {
            _window.Remove(command);
            var error = $"refused: no replica takes such a request, or this protocol has no {Mode} reads";
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
            opening.RetryAt = long.MaxValue;
        }

        var silent = false;
        ForEachOutstanding(command => silent |= command.RetryAt <= now && !command.WasRefused);
        if (silent)
        {
            Rotate(now);
            Resend(now, refused: false, _retryTarget);
        }

        Resend(now, refused: true, _target);
    }

    /// <summary>At most once in an interval, however many blocks went unanswered.</summary>
    private void Rotate(long now)
    {
        if (_rotatedAt + _settings.RetryInterval.Ticks > now)
        {
            return;
        }

        _rotatedAt = now;
        _retryTarget = After(_retryTarget);
        if (_retryTarget == _target)
        {
            _retryTarget = After(_target);
        }

        _interval = Jittered(_settings.RetryInterval.Ticks);
        if (_heardAt <= now - _settings.RetryInterval.Ticks)
        {
            _target = _retryTarget;
        }
    }

    private void Resend(long now, bool refused, int target)
    {
        var bytes = 0L;
        for (var sequence = _window.Lowest; sequence < _window.Next; sequence++)
        {
            if (_window.Find(sequence) is not { } command || command.RetryAt > now || command.WasRefused != refused)
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
        return now < _pausedUntil && Waiting > 0 ? Math.Min(due, _pausedUntil) : due;
    }

    private int After(int target) => (target + 1) % _settings.Replicas.Length;

    /// <summary>Up to a quarter more, so that clients that were cut off together do not come back together.</summary>
    private long Jittered(long time) => time + _random.NextInt64((time / 4) + 1);
}
