namespace Paxi.TestKit.World;

/// <summary>
/// Work of the simulation came in from a thread that does not run it: an Ask timeout, PipeTo, Task.Run, Task.Delay, or real
/// input and output. Such work comes at a time that no seed can repeat, so the run fails.
/// </summary>
public sealed class EscapedWorkException : Exception
{
    public EscapedWorkException(string message)
        : base(message)
    {
    }

    public EscapedWorkException()
        : this("work escaped to another thread")
    {
    }

    public EscapedWorkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
