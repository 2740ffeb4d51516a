using System.Collections;
using System.Reflection;

namespace Paxi.Actors.Wire;

/// <summary>
/// The closed list of types that Hyperion may write and make: the messages, and whatever their fields hold. A type is plain data: a sealed class or a struct of
/// numbers, text, times, enums, byte arrays, other such types, and arrays, lists or read-only lists of these. Anything else is an error at registration, so that
/// no message turns out unfit when it is sent.
/// </summary>
internal sealed class ColdTypes
{
    private readonly List<Type> _objects = [];
    private readonly List<Type> _lists = [];
    private readonly HashSet<Type> _seen = [];

    /// <summary>Objects by the number that stands for them on the wire.</summary>
    public IReadOnlyList<Type> Objects => _objects;

    /// <summary>Arrays and lists of objects; they go by name.</summary>
    public IReadOnlyList<Type> Lists => _lists;

    /// <param name="message">The message.</param>
    /// <param name="parts">What its fields of an abstract type may hold.</param>
    /// <exception cref="ArgumentException">The type, or one inside it, is not plain data.</exception>
    public void Add(Type message, params ReadOnlySpan<Type> parts)
    {
        foreach (var part in parts)
        {
            AddValue(part, part.Name);
        }

        AddValue(message, message.Name);
    }

    /// <summary>The fields in the order in which Hyperion writes them: those of base types too, by name.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
        {
            fields.AddRange(level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }

        return fields.OrderBy(field => field.Name, StringComparer.Ordinal);
    }

    private void AddValue(Type type, string path)
    {
        if (ColdPrimitive.Is(type) || type == typeof(byte[]) || !_seen.Add(type))
        {
            return;
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            AddValue(inner, path);
        }
        else if (ElementOf(type) is { } element)
        {
            AddList(element, path);
        }
        else if (type.IsAbstract)
        {
            RequirePart(type, path);
        }
        else
        {
            AddObject(type, path);
        }
    }

    /// <summary>Whatever read-only list a message holds is written as an array; a list that is declared as one stays one.</summary>
    private void AddList(Type element, string path)
    {
        AddValue(element, path);
        foreach (var list in new[] { element.MakeArrayType(), typeof(List<>).MakeGenericType(element) })
        {
            if (!_lists.Contains(list))
            {
                _lists.Add(list);
            }
        }
    }

    private void AddObject(Type type, string path)
    {
        if (type.IsPointer || type.IsByRefLike || typeof(Delegate).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type) || !(type.IsSealed || type.IsValueType) || type == typeof(IntPtr)
            || type == typeof(UIntPtr))
        {
            throw new ArgumentException($"{path}: {type.Name} is not plain data; write a sealed record of numbers, text, enums, arrays and such records");
        }

        // Before its fields, so that a type that holds itself ends.
        _objects.Add(type);
        foreach (var field in FieldsOf(type))
        {
            AddValue(field.FieldType, $"{path}.{field.Name}");
        }
    }

    private void RequirePart(Type type, string path)
    {
        if (!_objects.Exists(type.IsAssignableFrom))
        {
            throw new ArgumentException($"{path}: {type.Name} is abstract; name the types it may be");
        }
    }

    /// <summary>The element type of an array, a list or a read-only list; null for anything else.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsSZArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(List<>) || open == typeof(IReadOnlyList<>))
            ? type.GetGenericArguments()[0]
            : null;
    }
}
