using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;

namespace Paxi.Node.Rest;

/// <summary>
/// Carries the instruments of a meter of System.Diagnostics.Metrics over to Prometheus, under their own names (<c>paxi.journal.commits</c> becomes
/// <c>paxi_journal_commits_total</c>). Counters only grow, histograms of seconds have buckets from 100 µs to 10 s, everything else is a gauge. A measurement
/// whose tag has been seen before costs one look-up.
/// </summary>
internal sealed class MeterBridge : IDisposable
{
    private static readonly double[] Seconds = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10];
    private static readonly double[] Powers = Histogram.ExponentialBuckets(1, 4, 12);

    private readonly MeterListener _listener = new();
    private readonly MetricFactory _factory;

    public MeterBridge(string meter, MetricFactory factory)
    {
        _factory = factory;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listener.EnableMeasurementEvents(instrument, SinkOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Sink)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Sink)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Sink)state!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>Asks the instruments that are observed only.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private Sink SinkOf(Instrument instrument)
    {
        var kind = instrument.GetType();
        kind = kind.IsGenericType ? kind.GetGenericTypeDefinition() : kind;
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var isSeconds = instrument.Unit == "s";
        var suffix = isSeconds ? "_seconds" : instrument.Unit == "By" && !name.EndsWith("bytes", StringComparison.Ordinal) ? "_bytes" : "";
        var help = instrument.Description ?? "";
        return kind == typeof(Counter<>) ? new Sink(labels => CounterOf(name + suffix, help, labels, adds: true))
            : kind == typeof(ObservableCounter<>) ? new Sink(labels => CounterOf(name + suffix, help, labels, adds: false))
            : kind == typeof(Histogram<>) ? new Sink(labels => HistogramOf(name + suffix, help, labels, isSeconds ? Seconds : Powers))
            : new Sink(labels => GaugeOf(name + suffix, help, labels, adds: kind == typeof(UpDownCounter<>)));
    }

    private Func<string[], Action<double>> CounterOf(string name, string help, string[] labels, bool adds)
    {
        var counter = _factory.CreateCounter(name + "_total", help, labels);
        return values =>
        {
            var child = counter.WithLabels(values);
            return adds ? child.Inc : child.IncTo;
        };
    }

    private Func<string[], Action<double>> GaugeOf(string name, string help, string[] labels, bool adds)
    {
        var gauge = _factory.CreateGauge(name, help, labels);
        return values =>
        {
            var child = gauge.WithLabels(values);
            return adds ? child.Inc : child.Set;
        };
    }

    private Func<string[], Action<double>> HistogramOf(string name, string help, string[] labels, double[] buckets)
    {
        var histogram = _factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets });
        return values => histogram.WithLabels(values).Observe;
    }

    /// <summary>Where the measurements of an instrument go. Its labels are the tags of the first one.</summary>
    private sealed class Sink(Func<string[], Func<string[], Action<double>>> create)
    {
        private readonly ConcurrentDictionary<string, Action<double>> _children = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();
        private string[]? _labels;
        private Func<string[], Action<double>>? _metric;

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = tags.Length switch
            {
                0 => "",
                1 => tags[0].Value as string ?? tags[0].Value?.ToString() ?? "",
                _ => string.Join('\u001f', tags.ToArray().Select(static tag => tag.Value?.ToString())),
            };
            if (!_children.TryGetValue(key, out var child))
            {
                child = _children.GetOrAdd(key, Child(tags));
            }

            child(value);
        }

        private Action<double> Child(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            lock (_lock)
            {
                _labels ??= [.. all.Select(static tag => tag.Key)];
                _metric ??= create(_labels);
                return _metric([.. _labels.Select(label => all.FirstOrDefault(tag => tag.Key == label).Value?.ToString() ?? "")]);
            }
        }
    }
}
