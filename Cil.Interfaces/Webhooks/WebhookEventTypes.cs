namespace Cil.Interfaces.Webhooks;

/// <summary>The events that there are.</summary>
public static class WebhookEventTypes
{
    /// <summary>A video is there.</summary>
    public const string Completed = "video.completed";

    /// <summary>A job has failed or was cancelled.</summary>
    public const string Failed = "video.failed";

    public static IReadOnlyList<string> All { get; } = [Completed, Failed];
}
