namespace Paxi.Actors.Wire;

public sealed partial class WireRegistry
{
    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Entry?[] _byTag = new Entry?[256];
    private readonly List<Type> _cold = [];
    private readonly ColdTypes _coldTypes = new();
    private readonly Lazy<HyperionCodec> _codec;

    public WireRegistry() => _codec = new Lazy<HyperionCodec>(() => new HyperionCodec(_coldTypes));

    internal delegate IWireMessage Decode(ref WireReader reader, ReplicaId from);

    internal sealed record Entry(Type Type, byte Tag, string Role, Action<IWireMessage, WireWriter>? Encode, Decode? Decode);

    /// <summary>The types that travel by Hyperion, in the order of their registration.</summary>
    public IReadOnlyList<Type> ColdTypes => _cold;

    /// <summary>Every registered type, with its tag; 0 for a cold one.</summary>
    public IEnumerable<(Type Type, byte Tag)> Types => _byType.Values.Select(entry => (entry.Type, entry.Tag));

    /// <summary>The codec of the cold types; made at its first use, after which none is added.</summary>
    internal HyperionCodec Cold => _codec.Value;

    /// <summary>The role that takes this type on arrival, or null when the type is not registered.</summary>
    public string? RoleOf(Type type) => _byType.TryGetValue(type, out var entry) ? entry.Role : null;

    /// <summary>Writes a message that another one carries: <c>tag u8, body</c>. Its end is not written; nothing may follow.</summary>
    /// <exception cref="WireFormatException">Not registered, or cold.</exception>
    public void WriteCarried(IWireMessage message, WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Find(message.GetType()) is not { Encode: { } encode } entry)
        {
            throw new WireFormatException($"{message.GetType().Name} is not a registered message with a binary form of its own");
        }

        writer.Byte(entry.Tag);
        encode(message, writer);
    }

    /// <summary>Reads what <see cref="WriteCarried"/> wrote.</summary>
    /// <exception cref="WireFormatException">Of a tag that nobody registered, or malformed.</exception>
    public IWireMessage ReadCarried(ref WireReader reader, ReplicaId from)
    {
        var tag = reader.Byte();
        return Find(tag) is { Decode: { } decode } ? decode(ref reader, from) : throw new WireFormatException($"tag {tag} of a carried message is unknown");
    }

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
