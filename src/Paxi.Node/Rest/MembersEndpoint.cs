using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Paxi.Actors;
using Paxi.Actors.Epochs;

namespace Paxi.Node.Rest;

/// <summary>
/// <c>/members</c>: who votes. <c>/members?add=4.1,4.2&amp;remove=1.3</c> changes it, where <c>paxi.admin</c> is on: 200 when the change is in force, 409 with the reason when it is not made, 202 when it goes on
/// for longer than a call may take; then <c>/members</c> tells.
/// </summary>
internal sealed class MembersEndpoint(ReplicaAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static bool Serves(string segment) => segment is "members";

    public async Task HandleAsync(HttpContext context, RestPath path)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAKeyAsync(context, path.Segment);
            return;
        }

        try
        {
            if (path.Parameter("add") is null && path.Parameter("remove") is null)
            {
                var view = await access.Replica.Ask<EpochView>(EpochRequest.Instance, Patience, context.RequestAborted);
                await Answers.TextAsync(context, StatusCodes.Status200OK, view.ToEpoch().ToString());
                return;
            }

            await ChangeAsync(context, path);
        }
        catch (AskTimeoutException)
        {
            await Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "the replica does not answer");
        }
    }

    private async Task ChangeAsync(HttpContext context, RestPath path)
    {
        if (!access.Admin)
        {
            await Answers.TextAsync(context, StatusCodes.Status403Forbidden, "changes are switched off here; set paxi.admin = on to allow them");
            return;
        }

        if (!TryIds(path.Parameter("add"), out var add) || !TryIds(path.Parameter("remove"), out var remove))
        {
            await Answers.TextAsync(context, StatusCodes.Status400BadRequest, "write /members?add=ID,ID&remove=ID,ID with ids of the form zone.node");
            return;
        }

        try
        {
            var ended = await access.Replica.Ask<ChangeEnded>(new ChangeMembers(add, remove), Patience, context.RequestAborted);
            await (ended.Error is { } error
                ? Answers.TextAsync(context, StatusCodes.Status409Conflict, error)
                : Answers.TextAsync(context, StatusCodes.Status200OK, ended.Epoch.ToEpoch().ToString()));
        }
        catch (AskTimeoutException)
        {
            await Answers.TextAsync(context, StatusCodes.Status202Accepted, "the change is under way; /members tells who votes");
        }
    }

    private static bool TryIds(string? text, out ReplicaId[] ids)
    {
        var found = new List<ReplicaId>();
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ReplicaId.TryParse(word, out var id))
            {
                ids = [];
                return false;
            }

            found.Add(id);
        }

        ids = [.. found];
        return true;
    }
}
