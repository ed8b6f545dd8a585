using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Jobs;

/// <summary>What a job's end tells webhook endpoints.</summary>
internal static class JobEvents
{
    private const int IdDigits = 32;

    /// <summary>Null for a job that has not ended, or that nobody has submitted.</summary>
    internal static WebhookEvent? Of(RenderJobId job, RenderJobState state)
    {
        if (state is not { Request: not null, FinishedAt: { } finishedAt } || !state.State.IsFinished()) return null;
        string type = state.State == JobState.Completed ? WebhookEventTypes.Completed : WebhookEventTypes.Failed;
        // The same for the same end, so that an event which is stored a second time is the same event.
        string content = string.Create(CultureInfo.InvariantCulture, $"{job}\n{type}\n{finishedAt.UtcTicks}");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        return new WebhookEvent
        {
            Id = $"evt_{hash[..IdDigits]}",
            Type = type,
            Job = job,
            CreatedAt = finishedAt,
            TraceParent = state.Plan?.TraceParent,
        };
    }
}
