using System.Text.Json;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Webhooks;

/// <summary>What is sent of an event, in the form that clients of the Videos API read.</summary>
internal static class WebhookBody
{
    internal static byte[] Write(WebhookEvent what) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id = what.Id,
        @object = "event",
        created_at = what.CreatedAt.ToUnixTimeSeconds(),
        type = what.Type,
        data = new { id = what.Job.Value },
    });
}
