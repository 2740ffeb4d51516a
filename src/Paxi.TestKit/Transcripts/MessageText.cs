using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.Transcripts;

/// <summary>Messages as a transcript shows them: the type, then its fields in their order, batches as the commands that they hold.</summary>
internal static class MessageText
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Fields = new();

    public static string Describe(object message) => message is Envelope envelope
        ? string.Join(", ", envelope.Messages.Select(Describe))
        : $"{message.GetType().Name}{Show(message)}";

    /// <summary>What a message is called: the type of what it carries, where it merely carries another (as a group's messages in one with the group's number).</summary>
    public static string NameOf(object message) =>
        FieldsOf(message.GetType()).FirstOrDefault(IsCarried)?.GetValue(message) is { } carried ? NameOf(carried) : message.GetType().Name;

    /// <summary>Every batch inside, however deep.</summary>
    public static IEnumerable<Batch> Batches(object? message) => message switch
    {
        null or string => [],
        Batch batch => [batch],
        IEnumerable list => list.Cast<object?>().SelectMany(Batches),
        _ when FieldsOf(message.GetType()) is { Length: > 0 } fields => fields.SelectMany(field => Batches(field.GetValue(message))),
        _ => [],
    };

    public static string Describe(Batch batch)
    {
        if (batch.IsNoOp)
        {
            return "no-op";
        }

        var text = new StringBuilder();
        var reader = new BatchReader(batch);
        while (reader.NextBlock())
        {
            while (reader.NextCommand())
            {
                text.Append(text.Length > 0 ? ", " : "").Append(KeyValueText.Describe(reader.Body.Span));
            }
        }

        return text.ToString();
    }

    private static string Show(object record)
    {
        var text = new StringBuilder();
        foreach (var field in FieldsOf(record.GetType()))
        {
            var value = field.GetValue(record);
            if (value is null)
            {
                continue;
            }

            text.Append(' ').Append(value switch
            {
                Batch batch => $"[{Describe(batch)}]",
                _ when IsCarried(field) => Describe(value),
                _ => $"{Name(field)}={Value(value)}",
            });
        }

        return text.ToString();
    }

    private static string Value(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "yes" : "no",
        string text => text,
        ReadOnlyMemory<byte> bytes => $"{bytes.Length} bytes",
        Batch batch => $"[{Describe(batch)}]",
        IEnumerable list => $"[{string.Join("; ", list.Cast<object?>().Select(Value))}]",
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        ReplicaId or Ballot => value.ToString()!,
        _ when FieldsOf(value.GetType()).Length > 0 => $"{{{Show(value).TrimStart()}}}",
        _ => value.ToString() ?? "",
    };

    private static bool IsCarried(PropertyInfo field) => field.PropertyType == typeof(IWireMessage);

    private static string Name(PropertyInfo field) => char.ToLowerInvariant(field.Name[0]) + field.Name[1..];

    /// <summary>The positional fields of a record; who sends stands on the line already; sizes, and the numbers of sessions and starts, mean nothing to a reader.</summary>
    private static PropertyInfo[] FieldsOf(Type type) => Fields.GetOrAdd(type, static of =>
        of.Namespace?.StartsWith("Paxi", StringComparison.Ordinal) != true || of == typeof(ReplicaId) || of == typeof(Ballot) || of.IsEnum
            ? []
            : [.. of.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(field => field.CanWrite && field.GetIndexParameters().Length == 0)
                .Where(field => field.Name is not ("From" or "Session" or "Start" or "SizeHint"))
                .OrderBy(field => field.MetadataToken)]);
}
