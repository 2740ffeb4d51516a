using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Configuration;

namespace Paxi.Node.Cli.Shell;

/// <summary>Runs line after line on one cluster, until the end of the input. What goes wrong in a line ends that line only.</summary>
internal sealed class ShellSession
{
    private const string Prompt = "paxi> ";

    private readonly CliContext _context;
    private readonly IClusterAccess _cluster;
    private readonly RootCommand _root;
    private readonly ShellCompletion _completion;

    /// <param name="outer">Where the shell itself reads and prints.</param>
    /// <param name="cluster">The session's one way to the cluster.</param>
    public ShellSession(CliContext outer, IClusterAccess cluster)
    {
        _cluster = cluster;
        _context = outer.ForShell(OpenCluster);
        _root = PaxiCommandLine.Create(_context);
        _completion = new ShellCompletion(_root, cluster.Settings);
        Input = outer.Input;
    }

    private Stream Input { get; }

    /// <returns>The exit status of the last command.</returns>
    public Task<int> RunAsync(CancellationToken cancellation) =>
        _context.Terminal && !Console.IsInputRedirected ? RunAtPromptAsync(cancellation) : RunLinesAsync(cancellation);

    /// <summary>Runs the lines of a pipe or file: no prompt, no echo.</summary>
    public async Task<int> RunLinesAsync(CancellationToken cancellation)
    {
        using var reader = new StreamReader(Input, new UTF8Encoding(false), leaveOpen: true);
        var status = ExitStatus.Good;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (!IsExit(line))
            {
                status = await RunLineAsync(line, cancellation) ?? status;
                continue;
            }

            break;
        }

        return status;
    }

    private async Task<int> RunAtPromptAsync(CancellationToken cancellation)
    {
        var settings = _cluster.Settings;
        _context.Out.WriteLine(Styled.Wrap(_context, $"{settings.Algorithm}, {settings.Replicas.Length} replicas of {settings.Source}; help lists the commands, exit or Ctrl-D ends"));
        var history = ShellHistory.Load(ShellHistory.DefaultFile);
        var editor = new LineEditor(_context.Out, new ConsoleKeys(), () => _context.Width, history, _completion.Complete);
        var prompt = Styled.Text(_context, Prompt, "bold");
        while (editor.Read(Prompt, prompt) is { } line && !IsExit(line))
        {
            if (line.Trim().Length == 0)
            {
                continue;
            }

            history.Add(line);
            history.Save();
            using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                running.Cancel();
            });
            await RunLineAsync(line, running.Token);
        }

        return ExitStatus.Good;
    }

    /// <returns>The exit status; null for a line without a command.</returns>
    private async Task<int?> RunLineAsync(string line, CancellationToken cancellation)
    {
        IReadOnlyList<string> words;
        try
        {
            words = ShellWords.Split(line);
        }
        catch (UsageException problem)
        {
            _context.Error.WriteLine(problem.Message);
            return ExitStatus.Usage;
        }

        if (words is ["paxi", ..])
        {
            words = [.. words.Skip(1)];
        }

        if (words.Count == 0 || words[0].StartsWith('#'))
        {
            return null;
        }

        if (words[0] == "help")
        {
            words = words.Count > 1 ? [words[1], "--help"] : ["--help"];
        }

        _completion.Remember(words);
        return await PaxiCommandLine.RunAsync(_root, words, _context, cancellation);
    }

    private static bool IsExit(string line) => line.Trim() is "exit" or "quit";

    private KeptCluster OpenCluster(string? config) => config is null
        ? new KeptCluster(_cluster)
        : throw new UsageException("--config belongs behind paxi shell; a session stays with one cluster");

    /// <summary>The session's cluster, for one command: the end of the command is not the end of it.</summary>
    private sealed class KeptCluster(IClusterAccess cluster) : IClusterAccess
    {
        public PaxiSettings Settings => cluster.Settings;

        public ReplicaApi Rest => cluster.Rest;

        public Task<Reply> SendAsync(Actors.Clients.Command command, ReplicaId? first, CancellationToken cancellation) =>
            cluster.SendAsync(command, first, cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>While a key is awaited Ctrl-C is a key; while a command runs it is a signal.</summary>
    private sealed class ConsoleKeys : IKeys
    {
        public ConsoleKeyInfo Read()
        {
            Console.TreatControlCAsInput = true;
            try
            {
                return Console.ReadKey(intercept: true);
            }
            finally
            {
                Console.TreatControlCAsInput = false;
            }
        }
    }
}
