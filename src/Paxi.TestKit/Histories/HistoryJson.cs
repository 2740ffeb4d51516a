using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paxi.TestKit.Histories;

/// <summary>One operation as one JSON object, in both directions. A field left out counts as null.</summary>
internal sealed class HistoryJson
{
    private const int CachedTexts = 1 << 14;
    private const string Kinds = "get, set, cas, delete or txn";
    private const string Names = "client, op, key, value, expected, result, swapped, ok, start, end, ops";

    private static readonly UTF8Encoding StrictEncoding = new(false, throwOnInvalidBytes: true);

    private readonly string?[] _texts = new string?[CachedTexts];

    [Flags]
    private enum Fields
    {
        None = 0,
        Client = 1,
        Op = 2,
        Key = 4,
        Value = 8,
        Expected = 16,
        Result = 32,
        Swapped = 64,
        Ok = 128,
        Start = 256,
        End = 512,
        Ops = 1024,
    }

    /// <summary>Compact, and text stays readable.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Reads a line and validates it.</summary>
    public Operation Read(ReadOnlySpan<byte> line, int number)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            reader.Read();
            Operation operation = ReadObject(ref reader, number, isPart: false);
            if (reader.Read())
            {
                throw new HistoryException(number, "text after the operation; expected one JSON object a line");
            }

            return HistoryValidation.Fault(operation) is { } fault
                ? throw new HistoryException(number, fault)
                : operation;
        }
        catch (JsonException error)
        {
            throw new HistoryException(
                number, $"not a JSON object (at byte {error.BytePositionInLine + 1}); expected one operation a line");
        }
        catch (InvalidOperationException)
        {
            throw new HistoryException(number, "a text that is not valid UTF-8; expected JSON in UTF-8");
        }
    }

    /// <summary>Writes all fields that the kind has, so that a line tells what it leaves empty.</summary>
    public static void Write(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject();
        json.WriteNumber("client"u8, operation.Client);
        WriteWhat(json, operation);
        if (operation.Ok is { } ok)
        {
            json.WriteBoolean("ok"u8, ok);
        }
        else
        {
            json.WriteNull("ok"u8);
        }

        json.WriteNumber("start"u8, operation.Start);
        if (operation.End is { } end)
        {
            json.WriteNumber("end"u8, end);
        }
        else
        {
            json.WriteNull("end"u8);
        }

        json.WriteEndObject();
    }

    private static void WriteWhat(Utf8JsonWriter json, Operation operation)
    {
        json.WriteString("op"u8, Name(operation.Kind));
        if (operation.Kind == OperationKind.Transaction)
        {
            json.WriteStartArray("ops"u8);
            foreach (Operation part in operation.Parts)
            {
                json.WriteStartObject();
                WriteWhat(json, part);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            return;
        }

        json.WriteString("key"u8, operation.Key);
        if (operation.Kind is OperationKind.Set or OperationKind.CompareAndSet)
        {
            json.WriteString("value"u8, operation.Value);
        }

        if (operation.Kind == OperationKind.CompareAndSet)
        {
            json.WriteString("expected"u8, operation.Expected);
            if (operation.Swapped is { } swapped)
            {
                json.WriteBoolean("swapped"u8, swapped);
            }
        }

        if (operation.Kind == OperationKind.Get || operation.Result is not null)
        {
            json.WriteString("result"u8, operation.Result);
        }
    }

    private static ReadOnlySpan<byte> Name(OperationKind kind) => kind switch
    {
        OperationKind.Get => "get"u8,
        OperationKind.Set => "set"u8,
        OperationKind.Delete => "delete"u8,
        OperationKind.CompareAndSet => "cas"u8,
        _ => "txn"u8,
    };

    private Operation ReadObject(ref Utf8JsonReader reader, int number, bool isPart)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new HistoryException(number, "expected a JSON object with the fields " + Names);
        }

        Fields seen = Fields.None;
        long client = 0, start = 0;
        long? end = null;
        OperationKind kind = OperationKind.Get;
        string? key = null, value = null, expected = null, result = null;
        bool? swapped = null, ok = null;
        List<Operation>? parts = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Fields field = Field(ref reader, number);
            if ((seen & field) != 0)
            {
                throw new HistoryException(number, $"the field {Text(field)} stands twice");
            }

            seen |= field;
            reader.Read();
            switch (field)
            {
                case Fields.Client: client = Number(ref reader, field, number); break;
                case Fields.Op: kind = Kind(ref reader, number, isPart); break;
                case Fields.Key: key = String(ref reader, field, number); break;
                case Fields.Value: value = String(ref reader, field, number); break;
                case Fields.Expected: expected = String(ref reader, field, number); break;
                case Fields.Result: result = String(ref reader, field, number); break;
                case Fields.Swapped: swapped = Boolean(ref reader, field, number); break;
                case Fields.Ok: ok = Boolean(ref reader, field, number); break;
                case Fields.Start: start = Number(ref reader, field, number); break;
                case Fields.End: end = OptionalNumber(ref reader, field, number); break;
                default: parts = Parts(ref reader, number); break;
            }
        }

        RequireFields(seen, kind, isPart, number);
        if (kind != OperationKind.Transaction && key is null)
        {
            throw new HistoryException(number, $"key is null; expected {Expectation(Fields.Key)}");
        }

        return new Operation
        {
            Client = client,
            Kind = kind,
            Key = key ?? "",
            Value = value,
            Expected = expected,
            Result = result,
            Swapped = swapped,
            Ok = ok,
            Start = start,
            End = end,
            Parts = parts is null ? [] : parts,
            Line = number,
        };
    }

    /// <summary>What every operation of this kind has; a part of a transaction has no client, outcome and times of its own.</summary>
    /// <exception cref="HistoryException">A field is missing; the first of them is named.</exception>
    private static void RequireFields(Fields seen, OperationKind kind, bool isPart, int number)
    {
        Fields needed = Fields.Op | (isPart ? 0 : Fields.Client | Fields.Ok | Fields.Start);
        needed |= (seen & Fields.Op) != 0 && kind == OperationKind.Transaction ? Fields.Ops : Fields.Key;
        if ((needed & ~seen) != 0)
        {
            Fields missing = needed & ~seen;
            missing &= (Fields)(-(int)missing);
            throw new HistoryException(number, $"missing field {Text(missing)}; expected {Expectation(missing)}");
        }
    }

    private static Fields Field(ref Utf8JsonReader reader, int number)
    {
        Fields field =
            reader.ValueTextEquals("client"u8) ? Fields.Client
            : reader.ValueTextEquals("op"u8) ? Fields.Op
            : reader.ValueTextEquals("key"u8) ? Fields.Key
            : reader.ValueTextEquals("value"u8) ? Fields.Value
            : reader.ValueTextEquals("result"u8) ? Fields.Result
            : reader.ValueTextEquals("ok"u8) ? Fields.Ok
            : reader.ValueTextEquals("start"u8) ? Fields.Start
            : reader.ValueTextEquals("end"u8) ? Fields.End
            : reader.ValueTextEquals("expected"u8) ? Fields.Expected
            : reader.ValueTextEquals("swapped"u8) ? Fields.Swapped
            : reader.ValueTextEquals("ops"u8) ? Fields.Ops
            : Fields.None;
        if (field == Fields.None)
        {
            throw new HistoryException(number, $"unknown field \"{reader.GetString()}\"; expected one of {Names}");
        }

        return field;
    }

    private List<Operation> Parts(ref Utf8JsonReader reader, int number)
    {
        var parts = new List<Operation>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new HistoryException(number, $"ops is not a list; expected {Expectation(Fields.Ops)}");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parts.Add(ReadObject(ref reader, number, isPart: true));
        }

        return parts;
    }

    private static OperationKind Kind(ref Utf8JsonReader reader, int number, bool isPart)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("get"u8)) { return OperationKind.Get; }
            if (reader.ValueTextEquals("set"u8)) { return OperationKind.Set; }
            if (reader.ValueTextEquals("delete"u8)) { return OperationKind.Delete; }
            if (reader.ValueTextEquals("cas"u8)) { return OperationKind.CompareAndSet; }
            if (reader.ValueTextEquals("txn"u8) && !isPart) { return OperationKind.Transaction; }
        }

        string found = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Raw(ref reader);
        string expected = isPart ? "get, set, cas or delete inside a txn" : Kinds;
        throw new HistoryException(number, $"unknown op \"{found}\"; expected {expected}");
    }

    private static long Number(ref Utf8JsonReader reader, Fields field, int number) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value)
            ? value
            : throw Wrong(ref reader, field, number);

    private static long? OptionalNumber(ref Utf8JsonReader reader, Fields field, int number) =>
        reader.TokenType == JsonTokenType.Null ? null : Number(ref reader, field, number);

    private static bool? Boolean(ref Utf8JsonReader reader, Fields field, int number) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw Wrong(ref reader, field, number),
    };

    /// <summary>A text; a number stands for its digits, since keys and values of benchmarks often are numbers.</summary>
    private string? String(ref Utf8JsonReader reader, Fields field, int number) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => reader.ValueIsEscaped ? reader.GetString() : Cached(reader.ValueSpan),
        JsonTokenType.Number => Cached(reader.ValueSpan),
        _ => throw Wrong(ref reader, field, number),
    };

    // The same keys and values come back again and again; one string each keeps a million operations small.
    private string Cached(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 16777619;
        }

        ref string? cached = ref _texts[(hash ^ (hash >> 15)) & (CachedTexts - 1)];
        if (cached is null || !Ascii.Equals(bytes, cached))
        {
            cached = Strict(bytes);
        }

        return cached;
    }

    private static string Strict(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictEncoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidOperationException(error.Message, error);
        }
    }

    private static HistoryException Wrong(ref Utf8JsonReader reader, Fields field, int number) =>
        new(number, $"{Text(field)} is {Raw(ref reader)}; expected {Expectation(field)}");

    private static string Raw(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => Operation.Quote(reader.GetString()),
        JsonTokenType.Null => "null",
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private static string Text(Fields field) => field.ToString().ToLowerInvariant();

    private static string Expectation(Fields field) => field switch
    {
        Fields.Client => "a whole number",
        Fields.Op => Kinds,
        Fields.Key => "a string",
        Fields.Value => "a string",
        Fields.Ok => "true, false or null",
        Fields.Swapped => "true or false",
        Fields.Start => "a whole number of nanoseconds",
        Fields.End => "a whole number of nanoseconds or null",
        Fields.Ops => "a list of operations",
        _ => "a string or null",
    };
}
