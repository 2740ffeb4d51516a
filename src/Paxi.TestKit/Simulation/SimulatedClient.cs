using System.Text;
using Akka.Actor;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.StateMachines;
using Paxi.Actors.Wire;
using Paxi.TestKit.Checks;
using Paxi.TestKit.Histories;
using Paxi.TestKit.World;

namespace Paxi.TestKit.Simulation;

/// <summary>
/// The real client actor on a machine of the world. What it does is recorded in the cluster's history, and each answer goes to the checks. Several commands may be under way at
/// a time; the history then shows them as those of several clients.
/// </summary>
public sealed class SimulatedClient
{
    /// <summary>Numbers of the history's clients that are chosen here, not by the caller: this client's number times this, and on.</summary>
    private const long Numbers = 100_000;

    private readonly SimulatedCluster _cluster;
    private readonly SimulatedSystem _system;
    private readonly ReadMode _readMode;
    private readonly Stack<long> _free = new();
    private readonly WireWriter _body = new();
    private long _next;

    internal SimulatedClient(SimulatedCluster cluster, SimulatedSystem system, int number, ClientSettings settings, int zone)
    {
        (_cluster, _system, Number, _readMode) = (cluster, system, number, settings.ReadMode);
        Name = $"c{number}";
        _next = number * Numbers;
        var transport = cluster.Network.AttachClient(Name, system, zone);
        Actor = system.ActorSystem.ActorOf(ClientActor.Props(settings, transport, cluster.World.Random.Fork($"client {number}")), Name);
    }

    /// <summary>From 1, in the order of creation.</summary>
    public int Number { get; }

    /// <summary>Its name on the network: <c>c1</c>.</summary>
    public string Name { get; }

    /// <summary>The client actor; what is sent to it directly is not recorded.</summary>
    public IActorRef Actor { get; }

    /// <summary>Sends a command; the world must run for anything to come of it.</summary>
    /// <param name="command">Any command.</param>
    /// <param name="answered">Called once, on the world's thread.</param>
    /// <param name="session">
    /// The client's number in the history, which has one command under way at most; null takes a free one.
    /// </param>
    public void Send(Command command, Action<Reply> answered, long? session = null)
    {
        var body = Digest(command);
        var number = session ?? (_free.TryPop(out var free) ? free : _next++);
        var mode = KeyValueCodec.IsReadOnly(command) ? command.Mode ?? _readMode : ReadMode.Log;
        var issued = HistoryCommands.ToOperation(command) is { } operation ? operation with { Client = number } : null;
        int? token = null;
        if (issued is not null)
        {
            _cluster.Model.Issue(body, issued);
            token = mode == ReadMode.Any ? null : HistoryCommands.Invoke(_cluster.History, issued);
            if (token is { } recorded)
            {
                _cluster.Order.Issue(recorded, body);
            }
        }

        _cluster.World.Adopt();
        Actor.Tell(command, new ReplyPort(_system, message =>
        {
            if (session is null)
            {
                _free.Push(number);
            }

            var reply = (Reply)message;
            End(issued, token, mode, body, reply);
            answered(reply);
        }));
    }

    /// <summary>Sends a command and runs the world until its answer is there.</summary>
    /// <param name="command">Any command.</param>
    /// <param name="within">Virtual time to wait; null waits until the client gives up.</param>
    /// <exception cref="TimeoutException">The world came to rest, or the time passed, without an answer.</exception>
    public Reply Execute(Command command, TimeSpan? within = null)
    {
        Reply? reply = null;
        Send(command, answer => reply = answer);
        _cluster.World.Run(() => reply is not null, within);
        return reply ?? throw new TimeoutException($"{command} has no answer at {_cluster.World.Now}");
    }

    private void End(Operation? issued, int? token, ReadMode mode, UInt128 body, Reply reply)
    {
        if (issued is null)
        {
            return;
        }

        _cluster.World.Record("answer", Name, reply.Outcome.ToString(), [], issued.Client);
        var done = HistoryCommands.Complete(issued, reply);
        if (token is { } open)
        {
            HistoryCommands.End(_cluster.History, open, done);
        }

        if (done.Ok is not null)
        {
            _cluster.Checks.Answered(new ClientAnswer(done, mode, body));
        }
    }

    private UInt128 Digest(Command command)
    {
        _body.Clear();
        KeyValueCodec.Write(command, _body);
        return BatchView.DigestOf(_body.WrittenSpan);
    }
}

/// <summary>Commands as a history shows them, and back.</summary>
internal static class HistoryCommands
{
    /// <summary>Without client, times and results; null for a command that histories do not know.</summary>
    public static Operation? ToOperation(Command command) => command switch
    {
        Get get => new Operation { Kind = OperationKind.Get, Key = get.Key },
        Set set => new Operation { Kind = OperationKind.Set, Key = set.Key, Value = Text(set.Value) },
        Delete delete => new Operation { Kind = OperationKind.Delete, Key = delete.Key },
        CompareAndSet swap => new Operation
        {
            Kind = OperationKind.CompareAndSet,
            Key = swap.Key,
            Expected = Text(swap.Expected),
            Value = Text(swap.Value),
        },
        Transact transaction => new Operation
        {
            Kind = OperationKind.Transaction,
            Parts = [.. transaction.Commands.Select(part => ToOperation(part)!)],
        },
        _ => null,
    };

    public static int Invoke(HistoryRecorder history, Operation operation) => operation.Kind == OperationKind.Transaction
        ? history.InvokeTransaction(operation.Client, operation.Parts)
        : history.Invoke(operation.Client, operation.Kind, operation.Key, operation.Value, operation.Expected);

    public static void End(HistoryRecorder history, int token, Operation done)
    {
        switch (done.Ok)
        {
            case null:
                history.Unknown(token);
                break;
            case false:
                history.Fail(token);
                break;
            case true when done.Kind == OperationKind.Transaction:
                history.CompleteTransaction(token, done.Parts);
                break;
            default:
                history.Complete(token, done.Result, done.Swapped);
                break;
        }
    }

    /// <summary>With the results of the reply.</summary>
    public static Operation Complete(Operation operation, Reply reply) => reply.Outcome switch
    {
        Outcome.Unknown => operation,
        Outcome.Failed => operation with { Ok = false },
        _ => WithResult(operation, reply) with { Ok = true },
    };

    private static Operation WithResult(Operation operation, Reply reply) => operation.Kind switch
    {
        OperationKind.Transaction => operation with
        {
            Parts = [.. operation.Parts.Select((part, index) => WithResult(part, reply.Parts![index]))],
        },
        OperationKind.CompareAndSet => operation with { Result = Text(reply.Value), Swapped = reply.Swapped },
        _ => operation with { Result = Text(reply.Value) },
    };

    private static string? Text(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
