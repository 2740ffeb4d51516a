using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Replicas;
using Paxi.TestKit.Simulation;
using Paxi.TestKit.World;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.Transcripts;

/// <summary>
/// Carries out the commands of one transcript. Messages between replicas wait on their links until the transcript delivers or drops them; messages to and from clients
/// pass. Time stands still except in <c>advance</c> and <c>run</c>. What each command prints: what the replicas did, the answers that clients got, the
/// messages that wait since then.
/// </summary>
/// <param name="find">The protocol of that name; throws <see cref="ArgumentException"/> with one line for one that does not exist.</param>
internal sealed class TranscriptInterpreter(Func<string, IProtocol> find) : IDisposable
{
    private const int LargestRound = 10_000;

    /// <summary>Hidden messages take up to this long while time passes.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly Narrator _narrator = new();
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly HashSet<object> _shown = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<string, SimulatedClient> _clients = new(StringComparer.Ordinal);
    private readonly List<string> _answers = [];
    private SimulatedCluster? _cluster;
    private int _commands;

    /// <summary>Carries out one command.</summary>
    /// <returns>What it prints, lines ended by newlines.</returns>
    /// <exception cref="ArgumentException">The command is not understood, or names what does not exist; one line.</exception>
    public string Execute(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var output = new StringBuilder();
        if (words[0] == "start")
        {
            Start(words);
        }
        else if (words[0] == "hide")
        {
            _hidden.UnionWith(words.Skip(1));
        }
        else if (_cluster is null)
        {
            throw new ArgumentException($"'{words[0]}' before 'start ALGORITHM [zones=N] [nodes=N] [spare=N] [key=value ...]'");
        }
        else
        {
            Carry(words, output);
        }

        if (_cluster is not null)
        {
            Finish(output);
        }

        return output.ToString();
    }

    public void Dispose() => _cluster?.Dispose();

    private SimulatedCluster Cluster => _cluster!;

    private void Start(string[] words)
    {
        if (_cluster is not null)
        {
            throw new ArgumentException("'start' a second time");
        }

        var options = new ClusterOptions
        {
            Network = new NetworkOptions { Delay = DelayDistribution.Constant(TimeSpan.Zero) },
            Disk = new DiskOptions { WriteDelay = DelayDistribution.Constant(TimeSpan.Zero) },
            MoreChecks = () => [_narrator],
        };
        var settings = new StringBuilder();
        foreach (var (key, value) in words.Skip(2).Select(Pair))
        {
            options = key switch
            {
                "zones" => options with { Zones = Number(key, value) },
                "nodes" => options with { Nodes = Number(key, value) },
                "spare" => options with { SpareZones = Number(key, value) },
                "seed" => options with { Seed = (ulong)Number(key, value) },
                _ => options,
            };
            settings.Append(key is "zones" or "nodes" or "spare" or "seed" ? "" : $"{key} = {value}\n");
        }

        var protocol = find(words.Length > 1 ? words[1] : throw new ArgumentException("'start' which algorithm?"));
        _cluster = new SimulatedCluster(protocol, options with { Settings = settings.ToString() });
        Cluster.Network.IsHeld = true;
        Cluster.Start();
        Cluster.World.Settle();
    }

    private void Carry(string[] words, StringBuilder output)
    {
        switch (words[0])
        {
            case var verb when TranscriptRequest.IsVerb(verb):
                Request(words);
                break;
            case "join" or "leave":
                ChangeMembers(words);
                break;
            case "deliver" or "drop":
                Move(words);
                break;
            case "crash":
                Node(words).Crash();
                break;
            case "restart":
                Node(words).Restart();
                break;
            case "pause":
                Node(words).Pause();
                break;
            case "resume":
                Node(words).Resume();
                break;
            case "advance":
                Advance(Span(words), isHeld: true);
                break;
            case "run":
                Advance(Span(words), isHeld: false);
                break;
            case "state":
                State(words, output);
                break;
            default:
                throw new ArgumentException($"'{words[0]}' is no command; there are start, {TranscriptRequest.Verbs}, deliver, drop, hide, crash, "
                    + "restart, pause, resume, advance, run, join, leave, state");
        }

        Cluster.World.Settle();
    }

    private void Request(string[] words)
    {
        var request = TranscriptRequest.Parse(words);
        var number = ++_commands;
        Client(request.Via).Send(request.Command, reply => _answers.Add($"answer {number}: {request.Text} -> {request.Describe(reply)}"));
    }

    /// <summary><c>join 4</c> starts the spare replicas of that zone and asks the first voter to let them vote; <c>leave 4</c> asks it to let that zone go.</summary>
    private void ChangeMembers(string[] words)
    {
        if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var zone))
        {
            throw new ArgumentException($"write '{words[0]} ZONE'");
        }

        var joins = words[0] == "join";
        ReplicaId[] nodes = [.. (joins ? Cluster.Spares : [.. Cluster.Replicas, .. Cluster.Spares]).Where(id => id.Zone == zone)];
        if (nodes.Length == 0)
        {
            throw new ArgumentException(joins ? $"no zone {zone} is spare; write 'spare=1' at 'start'" : $"there is no zone {zone}");
        }

        if (joins)
        {
            Cluster.StartSpares();
        }

        Cluster.AskToChange(Cluster.Replicas[0], joins ? nodes : [], joins ? [] : nodes, ended => _answers.Add(
            $"{words[0]} {zone} -> {ended.Error ?? $"done: {ended.Epoch.ToEpoch()}"}"));
    }

    private SimulatedClient Client(string? via)
    {
        via ??= Cluster.Replicas[0].ToString();
        if (!_clients.TryGetValue(via, out var client))
        {
            var asked = Cluster.Node(via).Id;
            client = Cluster.AddClient([asked]);
            _clients.Add(via, client);
            foreach (var link in Cluster.Network.Links)
            {
                link.IsHeld = IsBetweenReplicas(link);
            }
        }

        return client;
    }

    /// <summary><c>deliver</c> for all until none waits; <c>deliver 1.1 -> 1.2</c> for the oldest of that link, with a type for the oldest of those, with <c>all</c> for all.</summary>
    private void Move(string[] words)
    {
        var isDelivery = words[0] == "deliver";
        if (words.Length == 1 && isDelivery)
        {
            DeliverUntilQuiet(isShown: true);
            return;
        }

        if (words.Length is not (4 or 5) || words[2] != "->")
        {
            throw new ArgumentException($"write '{words[0]} FROM -> TO [all|TYPE]'");
        }

        var link = Cluster.Network.Link(words[1], words[3]);
        var what = words.Length == 5 ? words[4] : null;
        var moved = 0;
        for (var index = 0; index < link.HeldCount;)
        {
            if (what is not null && what != "all" && Name(link.Held[index]) != what)
            {
                index++;
                continue;
            }

            _ = isDelivery ? link.Deliver(index) : link.Drop(index);
            Cluster.World.Settle();
            moved++;
            if (what != "all")
            {
                break;
            }
        }

        if (moved == 0)
        {
            throw new ArgumentException($"no {(what is null or "all" ? "message" : what)} waits on {link.Name}");
        }
    }

    private void DeliverUntilQuiet(bool isShown)
    {
        for (var round = 0; ReplicaLinks().Any(link => link.HeldCount > 0); round++)
        {
            if (round == LargestRound)
            {
                throw new ArgumentException("messages without end");
            }

            foreach (var link in ReplicaLinks().Where(link => link.HeldCount > 0).ToArray())
            {
                Note(link, link.Held[0], isShown);
                link.Deliver();
                Cluster.World.Settle();
            }
        }
    }

    private void Advance(TimeSpan span, bool isHeld)
    {
        if (!isHeld)
        {
            DeliverUntilQuiet(isShown: false);
            SetHeld(false);
        }

        for (var left = span; left > TimeSpan.Zero; left -= Tick)
        {
            Cluster.World.Advance(left < Tick ? left : Tick);
            PassHidden();
        }

        SetHeld(true);
    }

    private void SetHeld(bool isHeld)
    {
        Cluster.Network.IsHeld = isHeld;
        foreach (var link in Cluster.Network.Links)
        {
            link.IsHeld = isHeld && IsBetweenReplicas(link);
        }
    }

    /// <summary><c>state</c>, with ids and roles for those alone: what the roles say of themselves, without what is 0.</summary>
    private void State(string[] words, StringBuilder output)
    {
        var ids = words.Skip(1).Where(word => ReplicaId.TryParse(word, out _)).Select(word => Cluster.Node(word).Id).ToArray();
        var roles = words.Skip(1).Where(word => !ReplicaId.TryParse(word, out _)).ToArray();
        foreach (var id in ids.Length > 0 ? ids : [.. Cluster.Replicas, .. Cluster.Spares.Where(id => Cluster.Node(id).IsUp)])
        {
            if (Cluster.StatusOf(id) is not { } status)
            {
                output.Append(CultureInfo.InvariantCulture, $"{id} is down\n");
                continue;
            }

            foreach (var role in status.Roles.Where(role => roles.Length == 0 ? role.Role is not (KernelRoles.Journal or "links") : roles.Contains(role.Role)))
            {
                var values = string.Join(' ', role.Values.Where(value => value.Value != "0").Select(value => $"{value.Key}={value.Value}"));
                output.Append(CultureInfo.InvariantCulture, $"{id} {role.Role}: {values}\n");
            }
        }
    }

    private void Finish(StringBuilder output)
    {
        PassHidden();
        var waiting = new List<string>();
        foreach (var link in ReplicaLinks())
        {
            foreach (var message in link.Held)
            {
                if (_shown.Add(message))
                {
                    _narrator.Learn(Inner(message));
                    waiting.Add($"  {link.Name} {MessageText.Describe(message)}");
                }
            }
        }

        foreach (var line in _narrator.Take().Concat(_answers).Concat(waiting))
        {
            output.Append(line).Append('\n');
        }

        _answers.Clear();
        Cluster.ThrowIfFailed();
    }

    /// <summary>Delivers at once what the transcript does not want to see.</summary>
    private void PassHidden()
    {
        for (var round = 0; round < LargestRound; round++)
        {
            var passed = false;
            foreach (var link in ReplicaLinks())
            {
                for (var index = 0; index < link.HeldCount;)
                {
                    if (_hidden.Contains(Name(link.Held[index])))
                    {
                        link.Deliver(index);
                        passed = true;
                    }
                    else
                    {
                        index++;
                    }
                }
            }

            Cluster.World.Settle();
            if (!passed)
            {
                return;
            }
        }

        throw new ArgumentException("hidden messages without end");
    }

    private void Note(SimulatedLink link, object message, bool isShown)
    {
        _shown.Add(message);
        _narrator.Learn(Inner(message));
        if (isShown && !_hidden.Contains(Name(message)))
        {
            _narrator.Note($"> {link.Name} {MessageText.Describe(message)}");
        }
    }

    private IEnumerable<SimulatedLink> ReplicaLinks() => Cluster.Network.Links.Where(IsBetweenReplicas);

    private static bool IsBetweenReplicas(SimulatedLink link) => ReplicaId.TryParse(link.From.Name, out _) && ReplicaId.TryParse(link.To.Name, out _);

    private static object Inner(object message) => message is Envelope { Messages.Count: 1 } envelope ? envelope.Messages[0] : message;

    private static string Name(object message) => MessageText.NameOf(Inner(message));

    private SimulatedNode Node(string[] words) =>
        words.Length == 2 ? Cluster.Node(words[1]) : throw new ArgumentException($"write '{words[0]} ZONE.NODE'");

    private static KeyValuePair<string, string> Pair(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(word[..equals], word[(equals + 1)..]) : throw new ArgumentException($"'{word}' is not key=value");
    }

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{key} = {value} must be a number from 1");

    private static TimeSpan Span(string[] words)
    {
        var text = words.Length == 2 ? words[1] : "";
        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? 2 : 1;
        return text.EndsWith('s') && double.TryParse(text[..^unit], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1e6
            ? TimeSpan.FromMilliseconds(unit == 2 ? value : value * 1000)
            : throw new ArgumentException($"write '{words[0]} 200ms' or '{words[0]} 2s'");
    }
}
