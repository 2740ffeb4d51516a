using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Paxi.Actors.Wire;
using Paxi.Node.Rest;

namespace Paxi.Node.Hosting;

/// <summary>
/// What Akka and Kestrel log, as one line each on the node's console. A peer that is down makes Akka.Remote complain several times a second for as long as it
/// is down: that becomes one line, once the peer has been away for a while, and one more each minute. Other lines that repeat are shown once a minute too.
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
        if (line.StartsWith("Disassociated", StringComparison.Ordinal))
        {
            // A client has gone, or a peer, which is told of if it stays away.
            return;
        }

        var isError = level >= LogLevel.Error;
        if (Garbage().Match(line) is { Success: true } garbage)
        {
            // Whoever can reach the port can send this, so it is no defect, and must not fill the console.
            NodeMetrics.GarbageReceived(node);
            Show($"warning: refused what {garbage.Groups[1].Value} sent to the port of Akka.Remote, which is no frame; the connection is closed", TimeSpan.Zero);
            return;
        }

        if (!isError && PeerAway().Match(line) is { Success: true } away)
        {
            var address = away.Groups[1].Value;
            var name = peers.TryGetValue(address, out var id) ? $"replica {id} at {address}" : address;
            Show($"{name} cannot be reached; it is tried again and again", Patience);
            return;
        }

        // The trace of an error goes with it: it is no message to a person's mistake but the sign of a defect.
        var trace = fault is null ? "" : isError ? $": {fault}" : $": {fault.Message.ReplaceLineEndings(" ")}";
        Show($"{(isError ? "error" : "warning")}: {line}{trace}", TimeSpan.Zero);
    }

    /// <param name="after">Only when it has been said for so long.</param>
    private void Show(string line, TimeSpan after)
    {
        var now = Environment.TickCount64;
        lock (_lock)
        {
            if (!_complaints.TryGetValue(line, out var complaint) || now - complaint.Last > Forget.TotalMilliseconds)
            {
                if (_complaints.Count >= MaxRemembered)
                {
                    _complaints.Clear();
                }

                _complaints[line] = complaint = new Complaint { First = now };
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

    [GeneratedRegex(@"(?:associate with unreachable remote address|Association (?:with|to)(?: remote system)?|No response from remote(?: for outbound association)?).*?\[?(akka\.tcp://[^\s\]/]+)")]
    private static partial Regex PeerAway();

    [GeneratedRegex(@"^Error caught channel \[.*->\[?(\S+?)\]?:\d+\].*DotNetty\.Codecs\.\w*Exception", RegexOptions.Singleline)]
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
