namespace Paxi.Actors.Wire;

/// <summary>What Hyperion writes without asking for fields: its manifest byte and how many bytes it takes.</summary>
internal static class ColdPrimitive
{
    /// <summary>The size of what starts with its own length: text.</summary>
    public const int Variable = -1;

    public const byte StringManifest = 7;

    private static readonly (byte Manifest, Type Type, int Size)[] s_all =
    [
        (2, typeof(long), 8), (3, typeof(short), 2), (4, typeof(byte), 1), (5, typeof(DateTime), 9), (6, typeof(bool), 1),
        (StringManifest, typeof(string), Variable), (8, typeof(int), 4), (10, typeof(DateTimeOffset), 16), (11, typeof(Guid), 16),
        (12, typeof(float), 4), (13, typeof(double), 8), (14, typeof(decimal), 16), (15, typeof(char), 2), (17, typeof(ushort), 2),
        (18, typeof(uint), 4), (19, typeof(ulong), 8), (20, typeof(sbyte), 1),
    ];

    private static readonly Dictionary<Type, int> s_sizes = s_all.ToDictionary(entry => entry.Type, entry => entry.Size);

    private static readonly (Type? Type, int Size)[] s_byManifest = ByManifest();

    public static bool Is(Type type) => s_sizes.ContainsKey(type);

    public static int SizeOf(Type type) => s_sizes[type];

    public static bool TryFind(byte manifest, out Type type, out int size)
    {
        (var found, size) = s_byManifest[manifest];
        type = found!;
        return found is not null;
    }

    private static (Type? Type, int Size)[] ByManifest()
    {
        var table = new (Type?, int)[256];
        foreach (var (manifest, type, size) in s_all)
        {
            table[manifest] = (type, size);
        }

        return table;
    }
}
