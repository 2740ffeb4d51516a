using System.CommandLine;
using System.Globalization;
using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.StateMachines;

namespace Paxi.Node.Cli;

/// <summary><c>get put delete cas</c>: commands through the client actor, so with its session, its retries and its three outcomes.</summary>
internal static class StoreVerbs
{
    private const string Outcomes = "Exit status: 0 done, 1 failed without effect, 3 unknown whether it took effect (it may yet).";

    public static IEnumerable<Verb> Create(CliContext context) => [Get(context), Put(context), Delete(context), Cas(context)];

    private static Verb Get(CliContext context)
    {
        var key = Inputs.Key();
        var mode = Inputs.ReadMode();
        var file = Inputs.Word("--file", "F", "write the value's bytes to this file, as they are; - is standard output");
        var common = new CommonOptions();
        var verb = new Verb("get", VerbGroup.Store, "Read a key", "paxi get 42")
        {
            Notes =
            [
                "A key that is absent: nothing on standard output, `absent` on standard error, exit status 0; with --json the value is null.",
                "On a terminal, what would drive it is shown escaped (\\x1b); into a pipe or file go the bytes and a newline, with --file - the bytes alone.",
                "Exit status: 0 answered, 1 failed, 3 not answered in time.",
            ],
        };
        verb.Add(key);
        common.AddTo(verb, mode, file);
        verb.RunsOnCluster(context, common.Config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            if (parsed.GetValue(file) is { } path and not "-")
            {
                Files.CheckPlace(path);
            }

            var reply = await common.SendAsync(parsed, cluster, new Get(name) { Mode = parsed.GetValue(mode) }, cancellation);
            if (reply.Outcome == Outcome.Done)
            {
                await PrintValueAsync(context, reply.Value, parsed.GetValue(file), common.IsJson(parsed), cancellation);
            }

            return common.Finish(context, parsed, "get", name, reply, "value", ExitStatus.Good);
        });
        return verb;
    }

    private static Verb Put(CliContext context)
    {
        var key = Inputs.Key();
        var value = Inputs.OptionalText("VALUE", "the value as text; - reads it from standard input");
        var file = Inputs.Word("--file", "F", "take the value's bytes from this file instead");
        var common = new CommonOptions();
        var verb = new Verb("put", VerbGroup.Store, "Write a key", "paxi put 42 hello") { Notes = [Outcomes] };
        verb.Add(key);
        verb.Add(value);
        common.AddTo(verb, file);
        verb.RunsOnCluster(context, common.Config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var bytes = await ReadValueAsync(context, parsed.GetValue(value), parsed.GetValue(file), cancellation);
            var reply = await common.SendAsync(parsed, cluster, new Set(name, bytes), cancellation);
            if (reply.Outcome == Outcome.Done && !common.IsJson(parsed))
            {
                context.Out.WriteLine("ok");
            }

            return common.Finish(context, parsed, "put", name, reply, "previous", ExitStatus.Good);
        });
        return verb;
    }

    private static Verb Delete(CliContext context)
    {
        var key = Inputs.Key();
        var common = new CommonOptions();
        var verb = new Verb("delete", VerbGroup.Store, "Make a key absent", "paxi delete 42") { Notes = [Outcomes] };
        verb.Add(key);
        common.AddTo(verb);
        verb.RunsOnCluster(context, common.Config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var reply = await common.SendAsync(parsed, cluster, new Delete(name), cancellation);
            if (reply.Outcome == Outcome.Done && !common.IsJson(parsed))
            {
                context.Out.WriteLine(reply.Value is null ? "was absent" : "ok");
            }

            return common.Finish(context, parsed, "delete", name, reply, "previous", ExitStatus.Good);
        });
        return verb;
    }

    private static Verb Cas(CliContext context)
    {
        var key = Inputs.Key();
        var expected = Inputs.Text("EXPECTED", "what the key must hold; left out with --absent");
        var value = Inputs.OptionalText("NEW", "what to write then");
        var absent = new Option<bool>("--absent") { Description = "expect that the key is absent: cas KEY NEW --absent", Arity = ArgumentArity.Zero };
        var common = new CommonOptions();
        var verb = new Verb("cas", VerbGroup.Store, "Write if the key holds what is expected", "paxi cas 42 hello world")
        {
            Notes = ["Exit status: 0 written, 1 not written (another value was found, or it failed), 3 unknown whether it took effect."],
        };
        verb.Add(key);
        verb.Add(expected);
        verb.Add(value);
        common.AddTo(verb, absent);
        verb.RunsOnCluster(context, common.Config, async (parsed, cluster, cancellation) =>
        {
            var name = parsed.GetRequiredValue(key);
            var (old, wanted) = (parsed.GetRequiredValue(expected), parsed.GetValue(value));
            var command = (parsed.GetValue(absent), wanted) switch
            {
                (true, null) => new CompareAndSet(name, null, Encoding.UTF8.GetBytes(old)),
                (true, _) => throw new UsageException("--absent takes the place of EXPECTED; write paxi cas KEY NEW --absent"),
                (false, null) => throw new UsageException("NEW is missing: what to write when the key holds EXPECTED"),
                _ => new CompareAndSet(name, Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(wanted)),
            };
            CheckSize(command.Value.Length, "NEW");
            var reply = await common.SendAsync(parsed, cluster, command, cancellation);
            if (reply.Outcome == Outcome.Done && !common.IsJson(parsed))
            {
                context.Out.WriteLine(reply.Swapped ? "ok" : $"not written: the key {Found(reply.Value)}");
            }

            return common.Finish(context, parsed, "cas", name, reply, "previous", reply.Swapped ? ExitStatus.Good : ExitStatus.Failed);
        });
        return verb;
    }

    private static string Found(ReadOnlyMemory<byte>? value) => value is { } bytes ? $"holds {ValueText.Show(bytes.Span, 200)}" : "is absent";

    private static async Task PrintValueAsync(
        CliContext context, ReadOnlyMemory<byte>? value, string? file, bool json, CancellationToken cancellation)
    {
        if (value is not { } bytes)
        {
            if (!json)
            {
                context.Error.WriteLine("absent");
            }
        }
        else if (file == "-")
        {
            await context.Bytes.WriteAsync(bytes, cancellation);
            await context.Bytes.FlushAsync(cancellation);
        }
        else if (file is not null)
        {
            await Files.WriteAsync(file, bytes, cancellation);
        }
        else if (!json && context.Terminal)
        {
            context.Out.WriteLine(ValueText.Show(bytes.Span));
        }
        else if (!json)
        {
            await context.Bytes.WriteAsync(bytes, cancellation);
            context.Out.WriteLine();
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadValueAsync(CliContext context, string? text, string? file, CancellationToken cancellation)
    {
        switch (text, file)
        {
            case (null, null):
                throw new UsageException("VALUE is missing: the value as text, - for standard input, or --file F");
            case (not null, not null):
                throw new UsageException("VALUE and --file are given; write one of them");
            case ("-", _):
                return await Files.ReadAsync(context.Input, "standard input", KeyValueStore.MaxValueBytes, cancellation);
            case (null, not null):
                return await Files.ReadAsync(file, "--file", KeyValueStore.MaxValueBytes, cancellation);
            default:
                var bytes = Encoding.UTF8.GetBytes(text!);
                CheckSize(bytes.Length, "VALUE");
                return bytes;
        }
    }

    private static void CheckSize(int bytes, string name)
    {
        if (bytes > KeyValueStore.MaxValueBytes)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"{name} must be at most {KeyValueStore.MaxValueBytes} bytes; this one has {bytes}"));
        }
    }
}
