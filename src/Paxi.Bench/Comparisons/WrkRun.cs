using System.Globalization;
using System.Text.RegularExpressions;
using Paxi.Bench.Processes;

namespace Paxi.Bench.Comparisons;

/// <summary>One run of <c>wrk</c>: reads and writes of keys, as Paxi's REST has them.</summary>
internal static partial class WrkRun
{
    private const string Script = """
        local keys, writes, value = tonumber(os.getenv("K")), tonumber(os.getenv("W")), os.getenv("VALUE")
        local count = 0
        function setup(thread) count = count + 1; thread:set("seed", count) end
        function init() math.randomseed(seed) end
        function request()
          local path = "/" .. math.random(0, keys - 1)
          if math.random() < writes then return wrk.format("PUT", path, nil, value) end
          return wrk.format("GET", path)
        end
        """;

    /// <param name="OperationsPerSecond">Answers of any status.</param>
    /// <param name="Failed">Answers that are no 2xx or 3xx, and socket errors.</param>
    public sealed record Result(double OperationsPerSecond, long Failed);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="BenchException">There is no <c>wrk</c>, or it failed.</exception>
    public static async Task<Result> RunAsync(
        string directory, Uri target, int connections, TimeSpan time, int keys, double writes, CancellationToken cancellation)
    {
        var script = Path.Combine(directory, "wrk.lua");
        await File.WriteAllTextAsync(script, Script, cancellation);
        string[] environment =
        [
            string.Create(CultureInfo.InvariantCulture, $"K={keys}"), string.Create(CultureInfo.InvariantCulture, $"W={writes}"), "VALUE=0123456789",
        ];
        var lines = new List<string>();
        await using var wrk = ChildProcess.Start("wrk", "env",
        [
            .. environment, "wrk", "-t1", $"-c{connections}", string.Create(CultureInfo.InvariantCulture, $"-d{Math.Max(1, Math.Round(time.TotalSeconds))}s"),
            "-s", script, target.ToString(),
        ], lines.Add);
        await wrk.Exited.WaitAsync(cancellation);
        if (wrk.ExitCode != 0)
        {
            throw new BenchException($"wrk ended with status {wrk.ExitCode} (Debian's package is wrk): {string.Join("\n  ", wrk.LastLines)}");
        }

        return Parse(string.Join('\n', lines));
    }

    /// <summary>Reads what wrk prints.</summary>
    /// <exception cref="BenchException">There is no rate in it.</exception>
    public static Result Parse(string output)
    {
        var rate = Rate().Match(output);
        if (!rate.Success)
        {
            throw new BenchException($"wrk printed no rate: {output}");
        }

        var failed = BadStatus().Match(output) is { Success: true } bad ? long.Parse(bad.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        if (SocketErrors().Match(output) is { Success: true } errors)
        {
            for (var group = 1; group <= 4; group++)
            {
                failed += long.Parse(errors.Groups[group].Value, CultureInfo.InvariantCulture);
            }
        }

        return new Result(double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture), failed);
    }

    [GeneratedRegex(@"Requests/sec:\s*([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"Non-2xx or 3xx responses:\s*([0-9]+)")]
    private static partial Regex BadStatus();

    [GeneratedRegex(@"Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)")]
    private static partial Regex SocketErrors();
}
