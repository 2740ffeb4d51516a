using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Paxi.Actors.Wire;
using Paxi.Node.Rest;

namespace Paxi.Node.Hosting;

/// <summary>
/// What Akka and Kestrel log, as one line each on the node's console. A peer that is down makes Akka.Remote complain several times a second for as long as it
/// is down: that becomes one line, once the peer has been away for a while, and one more each minute. Other lines that repeat are shown once a minute too. What
/// Akka's own words for an overload tell only its developers is said in ours.
/// </summary>
internal sealed partial class NodeLog(NodeConsole output, string node, IReadOnlyDictionary<string, string> peers) : ILoggerProvider
{
    private const int MaxRemembered = 256;

    /// <summary>Peers of a node that starts, or was just restarted, are often a little late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A peer that nobody has complained of for so long had come back.</summary>
    private static readonly TimeSpan Forget = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Complaint> _complaints = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string text, Exception? fault)
    {
        var line = Heading().Replace(text.ReplaceLineEndings(" ").Trim(), "");
        if (Gone().IsMatch(line))
        {
            // A client has gone, or a peer, which is told of if it stays away; or a node leaves, in good order or while those who should hear of it are away.
            return;
        }

        var isError = level >= LogLevel.Error;
        if (Garbage().Match(line) is { Success: true } garbage)
        {
            // Whoever can reach the port can send this, so it is no defect, and must not fill the console.
            NodeMetrics.GarbageReceived(node);
            Show($"warning: refused what {garbage.Groups["who"].Value} sent to the port of Akka.Remote, which is no frame; the connection is closed", TimeSpan.Zero);
            return;
        }

        if (!isError && PeerAway().Match(line) is { Success: true } away)
        {
            Show(Away(away.Groups[1].Value), Patience);
            return;
        }

        if (!isError && TryTranslate(line))
        {
            return;
        }

        // The trace of an error goes with it: it is no message to a person's mistake but the sign of a defect.
        var trace = fault is null ? "" : isError ? $": {fault}" : $": {fault.Message.ReplaceLineEndings(" ")}";
        Show($"{(isError ? "error" : "warning")}: {line}{trace}", TimeSpan.Zero);
    }

    /// <summary>What the cluster and the remoting say when somebody is slower than the load, or silent.</summary>
    private bool TryTranslate(string line)
    {
        if (line.Contains("Marking node(s) as UNREACHABLE", StringComparison.Ordinal))
        {
            foreach (Match member in Member().Matches(line))
            {
                Show(Away(member.Groups[1].Value), TimeSpan.Zero);
            }
        }
        else if (HeartbeatDelayed().Match(line) is { Success: true } delayed)
        {
            Show($"warning: the node got no processor time for {delayed.Groups[1].Value} ms; its machine is overloaded, or it was stopped", TimeSpan.Zero, "delayed");
        }
        else if (HeartbeatLate().Match(line) is { Success: true } late)
        {
            Show($"warning: {Name(late.Groups[1].Value)} answers late; it, this node or the network is overloaded", TimeSpan.Zero);
        }
        else if (Buffered().Match(line) is { Success: true } buffered)
        {
            var peer = Name(buffered.Groups[2].Value);
            Show($"warning: {buffered.Groups[1].Value} messages wait to be sent to {peer}; it or the network is slower than the load", TimeSpan.Zero, $"buffered {peer}");
        }
        else
        {
            return false;
        }

        return true;
    }

    private string Away(string address) => $"{Name(address)} cannot be reached; it is tried again and again";

    private string Name(string address) => peers.TryGetValue(address, out var id) ? $"replica {id} at {address}" : address;

    /// <param name="line">What is shown.</param>
    /// <param name="after">Only when it has been said for so long.</param>
    /// <param name="key">What makes it a repetition, where the line has numbers that differ; null for the line itself.</param>
    private void Show(string line, TimeSpan after, string? key = null)
    {
        var now = Environment.TickCount64;
        lock (_lock)
        {
            if (!_complaints.TryGetValue(key ?? line, out var complaint) || now - complaint.Last > Forget.TotalMilliseconds)
            {
                if (_complaints.Count >= MaxRemembered)
                {
                    _complaints.Clear();
                }

                _complaints[key ?? line] = complaint = new Complaint { First = now };
            }

            complaint.Last = now;
            if (now - complaint.First < after.TotalMilliseconds || (complaint.Shown is { } shown && now - shown < Repeat.TotalMilliseconds))
            {
                return;
            }

            complaint.Shown = now;
        }

        output.Error($"{node} {line}");
    }

    /// <summary>Level, time, thread and source in brackets before Akka's own text.</summary>
    [GeneratedRegex(@"^(?:\[[^\]]*\])+ ?")]
    private static partial Regex Heading();

    [GeneratedRegex("^Disassociated|^Socket read operation aborted|Marking exiting node|^Coordinated shutdown phase .* timed out")]
    private static partial Regex Gone();

    [GeneratedRegex(@"Member\(address = (akka\.tcp://[^,\s\]]+)")]
    private static partial Regex Member();

    [GeneratedRegex(@"Scheduled sending of heartbeat was delayed\. Previous heartbeat was sent \[(\d+)(?:[.,]\d+)?\] ms ago")]
    private static partial Regex HeartbeatDelayed();

    [GeneratedRegex(@"heartbeat interval is growing too large for address \[?(akka\.tcp://[^\s\]/]+?)[:,.]?(?:\s|\]|/|$)")]
    private static partial Regex HeartbeatLate();

    [GeneratedRegex(@"\[(\d+)\] buffered messages in EndpointWriter for \[?(akka\.tcp://[^\s\]/]+)")]
    private static partial Regex Buffered();

    [GeneratedRegex(@"(?:associate with unreachable remote address|Association (?:with|to)(?: remote system)?|No response from remote(?: for outbound association)?).*?\[?(akka\.tcp://[^\s\]/]+)")]
    private static partial Regex PeerAway();

    /// <summary>In our transport's words, and in those of Akka's own.</summary>
    [GeneratedRegex(@"^(?:refused what (?<who>\S+) sent to the port|Error caught channel \[.*->\[?(?<who>\S+?)\]?:\d+\].*DotNetty\.Codecs\.\w*Exception)", RegexOptions.Singleline)]
    private static partial Regex Garbage();

    private sealed class Complaint
    {
        public long First { get; init; }

        public long Last { get; set; }

        public long? Shown { get; set; }
    }

    private sealed class Logger(NodeLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Akka.Remote complains about each message that our serializers refuse; they have logged its kind once and count the rest.
            if (IsEnabled(logLevel) && exception is not WireFormatException)
            {
                log.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}
