using System.Text;

namespace Paxi.Actors.Wire;

/// <summary>
/// Walks Hyperion's bytes along the shape of the types on the list, without making anything. Hyperion itself believes every length and every type number: it would
/// allocate what a forged length says, and descend as deep as forged bytes lead, until the process is gone. What this walk lets pass does neither.
/// <code>
/// value  := 0                                   null
///         | manifest u8, primitive              what ColdPrimitive lists
///         | 9, length i32, byte{length}         byte array
///         | 252, manifest u8, count i32, primitive{count}
///         | 254, number u16, body               object by its number, or list by its place among the names before
///         | 255, length i32, name, body         list by its name
/// body   := field{…} of an object, each a primitive or a value   |   count i32, value{count} of a list
/// </code>
/// </summary>
internal sealed class ColdScanner
{
    private const int MaxDepth = 16;
    private const byte ByteArrayManifest = 9;
    private const byte PrimitiveArrayManifest = 252;
    private const byte NumberManifest = 254;
    private const byte NameManifest = 255;

    private readonly Shape[] _objects;
    private readonly Dictionary<string, Type> _lists;

    /// <param name="objects">By their number.</param>
    /// <param name="lists">By their name on the wire.</param>
    public ColdScanner(IReadOnlyList<Type> objects, Dictionary<string, Type> lists)
    {
        _objects = [.. objects.Select(type => new Shape(type, [.. ColdTypes.FieldsOf(type).Select(field => field.FieldType)]))];
        _lists = lists;
    }

    /// <exception cref="WireFormatException">The bytes are no object of the list.</exception>
    public void Check(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > HyperionCodec.MaxBytes)
        {
            throw new WireFormatException($"a cold message of {bytes.Length} bytes; at most {HyperionCodec.MaxBytes} are taken");
        }

        var reader = new WireReader(bytes);
        List<Type> named = [];
        Value(ref reader, typeof(object), named, 0);
        if (!reader.End)
        {
            throw new WireFormatException($"{reader.Remaining} bytes too many after a cold message");
        }
    }

    private void Value(ref WireReader reader, Type declared, List<Type> named, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new WireFormatException("a cold message is nested too deep");
        }

        switch (reader.Byte())
        {
            case 0 when depth > 0 && (!declared.IsValueType || Nullable.GetUnderlyingType(declared) is not null):
                break;
            case ByteArrayManifest:
                Require(declared, typeof(byte[]));
                reader.Raw(Length(ref reader));
                break;
            case PrimitiveArrayManifest:
                PrimitiveArray(ref reader, declared);
                break;
            case NumberManifest:
                Numbered(ref reader, declared, named, depth);
                break;
            case NameManifest:
                var list = ByName(ref reader);
                named.Add(list);
                List(ref reader, list, declared, named, depth);
                break;
            case var manifest when ColdPrimitive.TryFind(manifest, out var type, out var size):
                Require(declared, type);
                Primitive(ref reader, size);
                break;
            case var other:
                throw new WireFormatException($"a cold message with the mark {other}, which is none");
        }
    }

    private void Numbered(ref WireReader reader, Type declared, List<Type> named, int depth)
    {
        var number = reader.Byte() | (reader.Byte() << 8);
        if (number < _objects.Length)
        {
            Object(ref reader, _objects[number], declared, named, depth);
        }
        else if (number - _objects.Length < named.Count)
        {
            List(ref reader, named[number - _objects.Length], declared, named, depth);
        }
        else
        {
            throw new WireFormatException($"a cold message with the type number {number}, which is on no list");
        }
    }

    private void Object(ref WireReader reader, Shape shape, Type declared, List<Type> named, int depth)
    {
        Require(declared, shape.Type);
        foreach (var field in shape.Fields)
        {
            if (ColdPrimitive.Is(field))
            {
                Primitive(ref reader, ColdPrimitive.SizeOf(field));
            }
            else
            {
                Value(ref reader, field, named, depth + 1);
            }
        }
    }

    private void List(ref WireReader reader, Type list, Type declared, List<Type> named, int depth)
    {
        Require(declared, list);
        var element = ColdTypes.ElementOf(list)!;
        for (var left = Length(ref reader); left > 0; left--)
        {
            Value(ref reader, element, named, depth + 1);
        }
    }

    private static void PrimitiveArray(ref WireReader reader, Type declared)
    {
        if (!ColdPrimitive.TryFind(reader.Byte(), out var element, out var size))
        {
            throw new WireFormatException("an array of what is no number and no text");
        }

        Require(declared, element.MakeArrayType());
        for (var left = Length(ref reader, Math.Max(size, 1)); left > 0; left--)
        {
            Primitive(ref reader, size);
        }
    }

    private static void Primitive(ref WireReader reader, int size)
    {
        if (size != ColdPrimitive.Variable)
        {
            reader.Raw(size);
            return;
        }

        // 0 is null; up to 253 bytes the length and one; 255 before a longer one.
        switch (reader.Byte())
        {
            case 0:
                break;
            case 255:
                reader.Raw(Length(ref reader));
                break;
            case var shorter:
                reader.Raw(shorter - 1);
                break;
        }
    }

    private Type ByName(ref WireReader reader)
    {
        var name = Encoding.UTF8.GetString(reader.Raw(Length(ref reader)).Span);
        return _lists.TryGetValue(name, out var type) ? type : throw new WireFormatException($"type '{Cut(name)}' is on no list");
    }

    /// <summary>A length or count (i32) of things that take at least <paramref name="bytesEach"/> bytes of what is left.</summary>
    private static int Length(ref WireReader reader, int bytesEach = 1)
    {
        var length = reader.UInt32();
        return length <= reader.Remaining / bytesEach
            ? (int)length
            : throw new WireFormatException($"a length of {length} with {reader.Remaining} bytes left");
    }

    private static void Require(Type declared, Type actual)
    {
        if (!declared.IsAssignableFrom(actual) && Nullable.GetUnderlyingType(declared) != actual)
        {
            throw new WireFormatException($"a {actual.Name} in the place of a {declared.Name}");
        }
    }

    private static string Cut(string name) => name.Length <= 80 ? name : name[..80];

    private sealed record Shape(Type Type, Type[] Fields);
}
