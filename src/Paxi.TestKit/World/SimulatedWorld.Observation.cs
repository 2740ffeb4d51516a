using System.Globalization;
using Akka.Actor;

namespace Paxi.TestKit.World;

/// <content>What a run leaves behind: its trace, its failures, and work that escaped.</content>
public sealed partial class SimulatedWorld
{
    private const int LargestEscapeReport = 2_000;

    private readonly List<WorldFailure> _failures = [];
    private readonly List<string> _watched = [];
    private int _watchLeft;
    private TraceHash _hash;
    private volatile string? _escaped;
    private volatile int _driver;
    private int _depth;

    /// <summary>The hash of everything so far: each turn, each timer, and each record with its payload.</summary>
    public TraceHash Hash => _hash;

    /// <summary>Errors that any system logged, the first <see cref="WorldOptions.LargestFailures"/> of them.</summary>
    public IReadOnlyList<WorldFailure> Failures => _failures;

    /// <summary>How many errors were logged, the ones not kept included.</summary>
    public long FailureCount { get; private set; }

    /// <summary>Says of an error that it was meant (a planted exception, say): true leaves it out of the failures.</summary>
    public Func<WorldFailure, bool>? IsExpected { get; set; }

    /// <summary>Throws when an error was logged or work escaped to another thread.</summary>
    /// <exception cref="WorldFailedException">An error was logged that was not expected.</exception>
    /// <exception cref="EscapedWorkException">Work came in from another thread.</exception>
    public void ThrowIfFailed()
    {
        if (_escaped is not null)
        {
            ThrowEscaped();
        }

        if (_failures.Count > 0)
        {
            throw new WorldFailedException([.. _failures]);
        }
    }

    /// <summary>
    /// Makes the calling thread the one that drives the world. Entering <see cref="Run"/> does the same; an asynchronous test
    /// that hopped threads calls this before it sends.
    /// </summary>
    public void Adopt()
    {
        if (_depth > 0)
        {
            CheckDriver();
        }

        _driver = Environment.CurrentManagedThreadId;
    }

    /// <summary>Adds a record to the trace: into the hash, and as a line to the trace writer if there is one.</summary>
    /// <param name="kind">What happened, a word.</param>
    /// <param name="endpoint">Where, for instance the name of a replica.</param>
    /// <param name="number">A number that belongs to it.</param>
    public void Record(string kind, string endpoint, long number = 0) =>
        Record(kind, endpoint, string.Empty, [], number);

    /// <summary>Adds a record with a payload, for instance a message on a link.</summary>
    /// <param name="kind">What happened, a word.</param>
    /// <param name="endpoint">Where, for instance <c>1.1 -> 1.2</c>.</param>
    /// <param name="detail">What it was about, for instance the type of the message; no address, no hash code, no uid.</param>
    /// <param name="payload">Hashed in full; the line has its length only.</param>
    /// <param name="number">A number that belongs to it.</param>
    public void Record(string kind, string endpoint, string detail, ReadOnlySpan<byte> payload, long number = 0)
    {
        _hash.Add(NowTicks);
        _hash.Add(kind);
        _hash.Add(endpoint);
        _hash.Add(detail);
        _hash.Add(payload);
        _hash.Add(number);
        if (Options.Trace is { } writer)
        {
            WriteLine(writer, kind, endpoint, detail, payload.Length, number);
        }
    }

    /// <summary>
    /// Adds a record of numbers to the hash, the form for hot paths; the caller writes the line, if
    /// <see cref="WorldOptions.Trace"/> is there, by <see cref="WriteLine"/>.
    /// </summary>
    internal void RecordNumbers(ulong kind, ulong first, ulong second, ReadOnlySpan<byte> payload)
    {
        _hash.Add(NowTicks);
        _hash.Add(kind);
        _hash.Add(first);
        _hash.Add(second);
        if (payload.Length > 0)
        {
            _hash.Add(payload);
        }
    }

    /// <summary>Notes, from now on, the messages that actors get: the first so many, as <c>replica-1-1/user/replica/leader Tick</c>.</summary>
    internal void WatchMessages(int most) => _watchLeft = most;

    /// <summary>What was noted since <see cref="WatchMessages"/>.</summary>
    internal IReadOnlyList<string> Watched => _watched;

    internal void AddFailure(WorldFailure failure)
    {
        if (_isDisposed || (IsExpected is { } expected && expected(failure)))
        {
            return;
        }

        FailureCount++;
        if (_failures.Count < Options.LargestFailures)
        {
            _failures.Add(failure);
        }
    }

    internal void WriteLine(TextWriter writer, string kind, string endpoint, string detail, int bytes, long number)
    {
        var seconds = NowTicks / (decimal)TimeSpan.TicksPerSecond;
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0000000} {kind} {endpoint}"));
        if (detail.Length > 0)
        {
            writer.Write(' ');
            writer.Write(detail);
        }

        if (bytes > 0)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {bytes} bytes"));
        }

        if (number != 0)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {number}"));
        }

        writer.Write('\n');
    }

    /// <summary>
    /// Notices a message from another thread. The message itself goes its way, for Akka has no way to refuse it; the run fails.
    /// </summary>
    internal void CheckThread(ActorCell cell, object message)
    {
        if (_driver != Environment.CurrentManagedThreadId && !_isDisposed)
        {
            _escaped ??= Describe($"{message.GetType().Name} to {cell.Self.Path.ToStringWithoutAddress()}");
        }

        if (_watchLeft > 0)
        {
            _watchLeft--;
            _watched.Add($"{cell.System.Name}{cell.Self.Path.ToStringWithoutAddress()} {message.GetType().Name}");
        }
    }

    private bool IsOfThisThread(object work)
    {
        if (_driver == Environment.CurrentManagedThreadId)
        {
            return true;
        }

        if (!_isDisposed)
        {
            _escaped ??= Describe(DescribeWork(work));
        }

        return false;
    }

    private static string DescribeWork(object work) => work is Delegate action
        ? $"the action {action.Method.DeclaringType}.{action.Method.Name}"
        : $"a {work.GetType().Name}";

    private static string Describe(string what)
    {
        var trace = Environment.StackTrace;
        return $"{what} came from thread {Environment.CurrentManagedThreadId}, which does not run the world (Ask timeout, "
            + "PipeTo, Task and real input and output are forbidden in the simulation):\n"
            + trace[..Math.Min(trace.Length, LargestEscapeReport)];
    }

    private void EnterRun()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_depth > 0)
        {
            throw new InvalidOperationException("the world is running already: Run, Advance or Step inside an actor?");
        }

        _driver = Environment.CurrentManagedThreadId;
        _depth++;
    }

    private void LeaveRun() => _depth--;

    private void CheckDriver()
    {
        if (_driver != Environment.CurrentManagedThreadId)
        {
            throw new EscapedWorkException("another thread drives this world; see SimulatedWorld.Adopt");
        }
    }

    private void ThrowEscaped() => throw new EscapedWorkException(_escaped!);
}
