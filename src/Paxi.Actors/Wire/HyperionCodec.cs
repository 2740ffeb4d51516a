using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Hyperion;
using Hyperion.SerializerFactories;
using Hyperion.ValueSerializers;

namespace Paxi.Actors.Wire;

/// <summary>
/// Hyperion over a closed list of types. What comes in is first compared with the shape of its type, see <see cref="ColdScanner"/>; only then does Hyperion
/// read it, with a filter that knows no other type. Thread-safe.
/// </summary>
internal sealed class HyperionCodec
{
    /// <summary>A cold message is small; more is refused on both sides.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly Serializer _serializer;
    private readonly ColdScanner _scanner;

    public HyperionCodec(ColdTypes types)
    {
        var filter = new Filter();
        _serializer = new Serializer(new SerializerOptions(
            versionTolerance: false,
            preserveObjectReferences: false,
            surrogates: null,
            serializerFactories: [new ReadOnlyListFactory()],
            knownTypes: types.Objects,
            ignoreISerializable: true,
            packageNameOverrides: null,
            disallowUnsafeTypes: true,
            typeFilter: filter));
        var lists = types.Lists.ToDictionary(NameOf, StringComparer.Ordinal);
        filter.Allow(types.Objects.Select(type => type.AssemblyQualifiedName!).Concat(lists.Keys));
        _scanner = new ColdScanner(types.Objects, lists);
    }

    /// <exception cref="WireFormatException">The message is not on the list, or too big.</exception>
    public byte[] Write(object message)
    {
        using var stream = new MemoryStream();
        try
        {
            _serializer.Serialize(message, stream);
        }
        catch (Exception fault)
        {
            throw new WireFormatException($"{message.GetType().Name} does not travel: {fault.Message}");
        }

        return stream.Length <= MaxBytes
            ? stream.ToArray()
            : throw new WireFormatException($"a {message.GetType().Name} of {stream.Length} bytes; at most {MaxBytes} travel");
    }

    /// <exception cref="WireFormatException">The bytes are no message of the list.</exception>
    public object Read(ReadOnlyMemory<byte> bytes)
    {
        _scanner.Check(bytes);
        try
        {
            var segment = MemoryMarshal.TryGetArray(bytes, out var array) ? array : new ArraySegment<byte>(bytes.ToArray());
            using var stream = new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false);
            return _serializer.Deserialize<object>(stream);
        }
        catch (Exception fault)
        {
            throw new WireFormatException($"bytes that Hyperion does not read: {fault.Message}");
        }
    }

    /// <summary>How Hyperion spells this type on the wire; asked of it, since it does not tell how it shortens names.</summary>
    private string NameOf(Type type)
    {
        const int header = 5;
        using var stream = new MemoryStream();
        new ObjectSerializer(type).WriteManifest(stream, _serializer.GetSerializerSession());
        return Encoding.UTF8.GetString(stream.GetBuffer(), header, (int)stream.Length - header);
    }

    /// <summary>
    /// Hyperion asks for the long name of a type that it writes and for the short name of one that it reads; a set built from one of them refuses the other.
    /// </summary>
    private sealed class Filter : ITypeFilter
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public void Allow(IEnumerable<string> names) => _names.UnionWith(names);

        public bool IsAllowed(string typeName) => _names.Contains(typeName);
    }

    /// <summary>
    /// Writes whatever stands behind an <see cref="IReadOnlyList{T}"/> as an array. What the compiler makes of a collection expression is a type without a name,
    /// which nobody could put on a list.
    /// </summary>
    private sealed class ReadOnlyListFactory : ValueSerializerFactory
    {
        public override bool CanSerialize(Serializer serializer, Type type) => ElementOf(type) is not null;

        public override bool CanDeserialize(Serializer serializer, Type type) => false;

        public override ValueSerializer BuildSerializer(
            Serializer serializer, Type type, ConcurrentDictionary<Type, ValueSerializer> typeMapping)
        {
            var element = ElementOf(type)!;
            return typeMapping.GetOrAdd(type, new AsArray(element, serializer.GetSerializerByType(element.MakeArrayType())));
        }

        private static Type? ElementOf(Type type) =>
            type.IsArray || type.IsValueType || type == typeof(string) || ColdTypes.ElementOf(type) is not null
                ? null
                : Array.Find(type.GetInterfaces(), known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
                    ?.GetGenericArguments()[0];
    }

    private sealed class AsArray(Type element, ValueSerializer array) : ValueSerializer
    {
        public override void WriteManifest(Stream stream, SerializerSession session) => array.WriteManifest(stream, session);

        public override void WriteValue(Stream stream, object value, SerializerSession session)
        {
            var list = (System.Collections.IEnumerable)value;
            var items = list.Cast<object>().ToArray();
            var copy = Array.CreateInstance(element, items.Length);
            Array.Copy(items, copy, items.Length);
            array.WriteValue(stream, copy, session);
        }

        public override object ReadValue(Stream stream, DeserializerSession session) => array.ReadValue(stream, session);

        public override Type GetElementType() => array.GetElementType();
    }
}
