namespace Paxi.Actors.Wire;

public sealed partial class WireRegistry
{
    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Entry?[] _byTag = new Entry?[256];
    private readonly List<Type> _cold = [];

    internal delegate IWireMessage Decode(ref WireReader reader, ReplicaId from);

    internal sealed record Entry(Type Type, byte Tag, string Role, Action<IWireMessage, WireWriter>? Encode, Decode? Decode);

    /// <summary>The types that travel by Hyperion, in the order of their registration.</summary>
    public IReadOnlyList<Type> ColdTypes => _cold;

    /// <summary>The role that takes this type on arrival, or null when the type is not registered.</summary>
    public string? RoleOf(Type type) => _byType.TryGetValue(type, out var entry) ? entry.Role : null;

    internal Entry? Find(Type type) => _byType.GetValueOrDefault(type);

    internal Entry? Find(byte tag) => _byTag[tag];

    private void Add(Entry entry)
    {
        if (!_byType.TryAdd(entry.Type, entry))
        {
            throw new InvalidOperationException($"{entry.Type.Name} is registered twice");
        }

        if (entry.Encode is null)
        {
            _cold.Add(entry.Type);
            return;
        }

        if (entry.Tag == 0 || _byTag[entry.Tag] is not null)
        {
            throw new InvalidOperationException($"tag {entry.Tag} of {entry.Type.Name} is taken or 0");
        }

        _byTag[entry.Tag] = entry;
    }
}
