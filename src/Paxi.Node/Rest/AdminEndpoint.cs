using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Links;

namespace Paxi.Node.Rest;

/// <summary>
/// What an experimenter may do to this replica: <c>/history</c>, <c>/crash</c>, <c>/drop</c> as Paxi's, and <c>/slow</c>, <c>/flaky</c>, <c>/partition</c>. Faults
/// answer only when <c>paxi.admin</c> is on.
/// </summary>
/// <param name="send">Asks this replica and no other: that the histories of all replicas can be compared is the point.</param>
internal sealed class AdminEndpoint(ReplicaAccess access, SendCommand send)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Base64 has a +, which is no danger in JSON and is not escaped there by Paxi.</summary>
    private static readonly JsonSerializerOptions AsInPaxi = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool Serves(string segment) => segment is "history" or "crash" or "drop" or "slow" or "flaky" or "partition";

    public async Task HandleAsync(HttpContext context, RestPath path)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAKeyAsync(context, path.Segment);
            return;
        }

        if (path.Segment == "history")
        {
            await HistoryAsync(context, path);
            return;
        }

        if (!access.Admin)
        {
            await Answers.TextAsync(context, StatusCodes.Status403Forbidden, "faults are switched off here; set paxi.admin = on to allow them");
            return;
        }

        if (!TryParse(path, out var faults, out var error))
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        try
        {
            foreach (var fault in faults)
            {
                await access.Replica.Ask<FaultInjected>(new InjectFault(fault), Patience, context.RequestAborted);
            }

            // An empty body, as Paxi's.
            context.Response.ContentLength = 0;
        }
        catch (AskTimeoutException)
        {
            await Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "the replica does not answer; the fault may or may not take hold");
        }
    }

    private async Task HistoryAsync(HttpContext context, RestPath path)
    {
        if (path.Parameter("key") is not { Length: > 0 } key)
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest, "write /history?key=KEY");
            return;
        }

        var reply = await send(new GetHistory(key) { Mode = ReadMode.Any }, context.RequestAborted);
        if (reply.Outcome != Outcome.Done)
        {
            await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, reply.Error ?? "this replica does not answer");
            return;
        }

        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, (reply.Versions ?? []).Select(static version => Convert.ToBase64String(version.Span)), AsInPaxi, context.RequestAborted);
    }

    private bool TryParse(RestPath path, out IReadOnlyList<Fault> faults, out string error)
    {
        faults = [];
        if (!double.TryParse(path.Parameter("t"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || double.IsNaN(seconds) || Math.Abs(seconds) > 1e6)
        {
            error = $"write /{path.Segment}?{Form(path.Segment)}t=SECONDS; 0 or less is for ever";
            return false;
        }

        var time = TimeSpan.FromSeconds(seconds);
        error = "";
        if (path.Segment == "crash")
        {
            faults = [new CrashFault(time)];
            return true;
        }

        if (path.Segment == "partition")
        {
            return TryPartition(path, time, out faults, out error);
        }

        if (!ReplicaId.TryParse(path.Parameter("id"), out var to) || !access.Members.Contains(to))
        {
            error = $"id must be one of {string.Join(", ", access.Members)}";
            return false;
        }

        switch (path.Segment)
        {
            case "drop":
                faults = [new DropFault(to, time)];
                return true;
            case "slow" when double.TryParse(path.Parameter("ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out var delay) && delay is >= 0 and <= 3_600_000:
                faults = [new SlowFault(to, TimeSpan.FromMilliseconds(delay), time)];
                return true;
            case "flaky" when double.TryParse(path.Parameter("p"), NumberStyles.Float, CultureInfo.InvariantCulture, out var loss) && loss is >= 0 and <= 1:
                faults = [new FlakyFault(to, loss, time)];
                return true;
            default:
                error = path.Segment == "slow" ? "ms must be 0 to 3600000" : "p must be 0 to 1";
                return false;
        }
    }

    private static string Form(string segment) => segment switch
    {
        "drop" => "id=ID&",
        "slow" => "id=ID&ms=MILLISECONDS&",
        "flaky" => "id=ID&p=PROBABILITY&",
        "partition" => "ids=ID,ID&",
        _ => "",
    };

    /// <summary>This replica stops sending to whoever is not on its side of <c>ids</c>.</summary>
    private bool TryPartition(RestPath path, TimeSpan time, out IReadOnlyList<Fault> faults, out string error)
    {
        faults = [];
        error = $"ids must be a list of {string.Join(",", access.Members)}";
        var side = new HashSet<ReplicaId>();
        foreach (var text in (path.Parameter("ids") ?? "").Split(','))
        {
            if (!ReplicaId.TryParse(text, out var id) || !access.Members.Contains(id))
            {
                return false;
            }

            side.Add(id);
        }

        var here = side.Contains(access.Self);
        faults = [.. access.Members.Where(member => side.Contains(member) != here).Select(member => new DropFault(member, time))];
        return true;
    }
}
