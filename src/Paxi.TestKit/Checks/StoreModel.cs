using Paxi.TestKit.Histories;

namespace Paxi.TestKit.Checks;

/// <summary>What a write of the model did.</summary>
/// <param name="Found">The value before it; null for absent.</param>
/// <param name="Swapped">For a compare-and-set: whether it wrote.</param>
/// <param name="Key">The key.</param>
/// <param name="Version">The version that the key has after it.</param>
public readonly record struct ModelResult(string Key, string? Found, bool Swapped, int Version);

/// <summary>
/// A key-value store of a few lines that follows the commands as they take effect: the meaning of the commands, written a second time. Values that clients write are
/// unique, so a value names the version of its key.
/// </summary>
public sealed class StoreModel
{
    private readonly Dictionary<UInt128, Operation> _issued = [];
    private readonly HashSet<(string Key, string Value)> _values = [];
    private readonly Dictionary<string, Versions> _keys = [];
    private readonly Dictionary<UInt128, List<IReadOnlyList<ModelResult>>> _results = [];

    /// <summary>Commands that took effect and that no client had issued.</summary>
    public long Strangers { get; private set; }

    /// <summary>A client is about to issue the operation, whose command has that digest.</summary>
    public void Issue(UInt128 body, Operation operation)
    {
        _issued[body] = operation;
        foreach (var part in operation.Kind == OperationKind.Transaction ? operation.Parts : [operation])
        {
            if (part.Value is { } value)
            {
                _values.Add((part.Key, value));
            }
        }
    }

    /// <summary>Whether a client ever issued a write of that value to that key.</summary>
    public bool WasIssued(string key, string value) => _values.Contains((key, value));

    /// <summary>The command takes effect.</summary>
    public void Apply(UInt128 body)
    {
        if (!_issued.TryGetValue(body, out var operation))
        {
            Strangers++;
            return;
        }

        IReadOnlyList<ModelResult> results = operation.Kind == OperationKind.Transaction
            ? [.. operation.Parts.Select(Apply)]
            : [Apply(operation)];
        if (!_results.TryGetValue(body, out var known))
        {
            _results.Add(body, known = []);
        }

        known.Add(results);
    }

    /// <summary>What the command did each time that it took effect; a result for each part of a transaction.</summary>
    public IReadOnlyList<IReadOnlyList<ModelResult>> ResultsOf(UInt128 body) =>
        _results.TryGetValue(body, out var known) ? known : [];

    /// <summary>
    /// The first version of the key, at or after <paramref name="least"/>, that has this value (null: absent); -1 when there is none. Version 0 is the absence before
    /// the first write.
    /// </summary>
    public int VersionOf(string key, string? value, int least) => Of(key).Find(value, least);

    private ModelResult Apply(Operation operation)
    {
        var versions = Of(operation.Key);
        var found = versions.Value;
        var swapped = operation.Kind == OperationKind.CompareAndSet && found == operation.Expected;
        switch (operation.Kind)
        {
            case OperationKind.Set:
            case OperationKind.CompareAndSet when swapped:
                versions.Add(operation.Value);
                break;
            case OperationKind.Delete:
                versions.Add(null);
                break;
        }

        return new ModelResult(operation.Key, found, swapped, versions.Last);
    }

    private Versions Of(string key)
    {
        if (!_keys.TryGetValue(key, out var versions))
        {
            _keys.Add(key, versions = new Versions());
        }

        return versions;
    }

    private sealed class Versions
    {
        private readonly Dictionary<string, int> _byValue = [];
        private readonly List<int> _absent = [0];

        public string? Value { get; private set; }

        public int Last { get; private set; }

        public void Add(string? value)
        {
            Last++;
            Value = value;
            if (value is null)
            {
                _absent.Add(Last);
            }
            else
            {
                _byValue[value] = Last;
            }
        }

        public int Find(string? value, int least)
        {
            if (value is not null)
            {
                return _byValue.TryGetValue(value, out var version) && version >= least ? version : -1;
            }

            var index = _absent.BinarySearch(least);
            index = index >= 0 ? index : ~index;
            return index < _absent.Count ? _absent[index] : -1;
        }
    }
}
