using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Paxi.Node.Hosting;

/// <summary>
/// What Akka and Kestrel log, as one line each on the node's console. A peer that is down makes Akka.Remote complain several times a second for as long as
/// it is down; of the same complaint one is shown a minute.
/// </summary>
internal sealed class NodeLog(NodeConsole output, string node) : ILoggerProvider
{
    private const int MaxRemembered = 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _shown = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.Split('.')[^1]);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string text, Exception? fault)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        var now = Environment.TickCount64;
        if (_shown.TryGetValue(line, out var last) && now - last < Quiet.TotalMilliseconds)
        {
            return;
        }

        if (_shown.Count >= MaxRemembered)
        {
            _shown.Clear();
        }

        _shown[line] = now;
        // The trace of an error goes with it: it is no message to a person's mistake but the sign of a defect.
        var trace = fault is null ? "" : level >= LogLevel.Error ? $": {fault}" : $": {fault.Message.ReplaceLineEndings(" ")}";
        output.Error($"{node} {(level >= LogLevel.Error ? "error" : "warning")} {category}: {line}{trace}");
    }

    private sealed class Logger(NodeLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
