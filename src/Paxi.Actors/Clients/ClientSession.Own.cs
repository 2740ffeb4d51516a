namespace Paxi.Actors.Clients;

/// <content>
/// A client with own replicas: those of its zone, where objects have owners. It follows nobody away from them, or it would leave its zone with the first object that
/// another zone owns. When all of them are silent it asks the others, and sends a block to one of its own now and then, so that it comes back when they do.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>Retry intervals between two trials.</summary>
    private const int IntervalsAway = 10;

    private const long NoRequest = -1;

    private long _trialAt;

    /// <summary>The block that is on trial, and to which of its own it went.</summary>
    private long _trial = NoRequest;
    private int _trialTarget;

    private bool IsOwn(int target) => _settings.Own is not { } own || target < own;

    private void Aim(int target, long now)
    {
        if (IsOwn(_target) && !IsOwn(target))
        {
            PutOffTrial(now);
        }

        _target = target;
    }

    /// <summary>The own replica that the next block is to try; null when it is not the time.</summary>
    private int? OwnOnTrial(long now)
    {
        if (_settings.Own is not { } own || IsOwn(_target) || now < _trialAt)
        {
            return null;
        }

        PutOffTrial(now);
        _trialTarget = (_trialTarget + 1) % own;
        _trial = _request + 1;
        return _trialTarget;
    }

    /// <summary>A command was answered: when it was on trial, so is the replica that has it.</summary>
    private void EndTrial(PendingCommand answered)
    {
        if (answered.Request != _trial || IsOwn(_target))
        {
            return;
        }

        (_target, _retryTarget, _trial) = (_trialTarget, _trialTarget, NoRequest);
    }

    private void PutOffTrial(long now) => _trialAt = now + (IntervalsAway * _settings.RetryInterval.Ticks);
}
