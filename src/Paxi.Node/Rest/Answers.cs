using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Paxi.Node.Rest;

internal static class Answers
{
    public static Task TextAsync(HttpContext context, int code, string text)
    {
        var body = Encoding.UTF8.GetBytes(text + "\n");
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A path that is the operator's is asked with GET. A key of such a name can be written and read by <c>POST /</c>.
    /// </summary>
    public static Task NotAKeyAsync(HttpContext context, string segment)
    {
        context.Response.Headers.Allow = "GET";
        return TextAsync(context, StatusCodes.Status405MethodNotAllowed,
            $"/{segment} is no key and is asked with GET; for a key of that name use POST / with JSON");
    }
}
