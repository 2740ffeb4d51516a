namespace Paxi.Actors.Clients;

/// <summary>A command is not done.</summary>
public abstract class PaxiException : Exception
{
    private protected PaxiException(string message, Reply reply)
        : base(message)
    {
        Reply = reply;
    }

    /// <summary>The whole reply: its outcome and the reason.</summary>
    public Reply Reply { get; }
}

/// <summary>The command certainly had no effect and will have none: it can be sent anew.</summary>
public sealed class PaxiFailedException : PaxiException
{
    internal PaxiFailedException(Reply reply)
        : base($"not done, without effect: {reply.Error}", reply)
    {
    }
}

/// <summary>The command may have taken effect, may yet, or may never. Whoever sends it anew may have it done twice.</summary>
public sealed class PaxiUnknownOutcomeException : PaxiException
{
    internal PaxiUnknownOutcomeException(Reply reply)
        : base($"unknown whether it took effect or will: {reply.Error}", reply)
    {
    }
}
