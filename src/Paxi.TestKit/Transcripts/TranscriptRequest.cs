using System.Text;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;

namespace Paxi.TestKit.Transcripts;

/// <summary>
/// A request of a client as a transcript writes it: <c>put k v</c>, <c>get k</c>, <c>delete k</c>, <c>cas k expected|absent new</c>, or several of these at one instant,
/// <c>transact put x 1 ; get y</c>. With <c>via=1.2</c> for who is asked, and <c>mode=quorum</c> for how a read is answered.
/// </summary>
internal sealed record TranscriptRequest(string Text, Command Command, string? Via)
{
    public const string Verbs = "put, get, delete, cas, transact";

    private const string Usage = "write 'put KEY VALUE', 'get KEY', 'delete KEY', 'cas KEY EXPECTED|absent NEW' or 'transact ONE ; ANOTHER'";

    /// <summary>Whether a command of that name is a request.</summary>
    public static bool IsVerb(string word) => Verbs.Split(", ").Contains(word);

    /// <exception cref="ArgumentException">It is malformed; one line.</exception>
    public static TranscriptRequest Parse(string[] words)
    {
        var plain = words.Where(word => !word.Contains('=', StringComparison.Ordinal)).ToArray();
        string? via = null;
        ReadMode? mode = null;
        foreach (var word in words.Except(plain))
        {
            var (name, value) = (word[..word.IndexOf('=', StringComparison.Ordinal)], word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            switch (name)
            {
                case "via":
                    via = value;
                    break;
                case "mode" when Enum.TryParse<ReadMode>(value, ignoreCase: true, out var parsed):
                    mode = parsed;
                    break;
                default:
                    throw new ArgumentException($"'{word}' is neither via=ZONE.NODE nor mode={string.Join('|', Enum.GetNames<ReadMode>()).ToLowerInvariant()}");
            }
        }

        Command command = plain[0] == "transact" ? new Transact(Parts(plain)) : One(plain);
        return new TranscriptRequest(string.Join(' ', plain), mode is null ? command : command with { Mode = mode }, via);
    }

    /// <summary>What the client got, in words.</summary>
    public string Describe(Reply reply) => reply.Outcome switch
    {
        Outcome.Done when Command is Transact transaction =>
            string.Join(" ; ", transaction.Commands.Zip(reply.Parts!, static (part, answer) => Done(part, answer))),
        Outcome.Done => Done(Command, reply),
        _ => $"{reply.Outcome.ToString().ToLowerInvariant()}: {reply.Error}",
    };

    private static List<KeyCommand> Parts(string[] words)
    {
        var parts = new List<KeyCommand>();
        var rest = words.AsSpan(1);
        while (true)
        {
            var end = rest.IndexOf(";");
            parts.Add(One((end < 0 ? rest : rest[..end]).ToArray()));
            if (end < 0)
            {
                return parts;
            }

            rest = rest[(end + 1)..];
        }
    }

    private static KeyCommand One(string[] words) => (words.FirstOrDefault(), words.Length) switch
    {
        ("put", 3) => new Set(words[1], Bytes(words[2])),
        ("get", 2) => new Get(words[1]),
        ("delete", 2) => new Delete(words[1]),
        ("cas", 4) => new CompareAndSet(words[1], words[2] == "absent" ? null : Bytes(words[2]), Bytes(words[3])),
        _ => throw new ArgumentException(Usage),
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Done(Command command, Reply reply) => command switch
    {
        Get => Show(reply.Value),
        CompareAndSet => $"{(reply.Swapped ? "swapped" : "not swapped")}, was {Show(reply.Value)}",
        _ => $"done, was {Show(reply.Value)}",
    };

    private static string Show(ReadOnlyMemory<byte>? value) => value is { } bytes ? $"\"{Encoding.UTF8.GetString(bytes.Span)}\"" : "absent";
}
