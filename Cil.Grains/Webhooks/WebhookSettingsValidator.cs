using Cil.Interfaces;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Webhooks;

/// <summary>What is wrong with an endpoint's settings: all of it.</summary>
internal static class WebhookSettingsValidator
{
    private const int MaxName = 100, MaxUrl = 2048;

    /// <param name="isNew">Whether everything has to be given.</param>
    internal static IReadOnlyList<RequestError> Errors(WebhookSettings settings, bool isNew, IWebhookSender sender)
    {
        var errors = new List<RequestError>();
        if (settings.Name is { } name)
        {
            if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
                Add(nameof(settings.Name), $"1 to {MaxName} characters, none of them a control character; got {name.Length}");
        }
        else if (isNew)
        {
            Add(nameof(settings.Name), $"1 to {MaxName} characters; nothing was given");
        }

        if (settings.Url is { } url)
        {
            if (url.Length > MaxUrl) Add(nameof(settings.Url), $"at most {MaxUrl} characters, got {url.Length}");
            else if (sender.Refusal(url) is { } refusal) Add(nameof(settings.Url), refusal);
        }
        else if (isNew)
        {
            Add(nameof(settings.Url), "an address that begins with https://; nothing was given");
        }

        string known = string.Join(", ", WebhookEventTypes.All);
        if (settings.EventTypes is { } types)
        {
            if (types.Count == 0) Add(nameof(settings.EventTypes), $"one or more of {known}; the list is empty");
            foreach (string other in types.Where(type => !WebhookEventTypes.All.Contains(type)).Distinct(StringComparer.Ordinal))
                Add(nameof(settings.EventTypes), $"one or more of {known}; got '{other}'");
        }
        else if (isNew)
        {
            Add(nameof(settings.EventTypes), $"one or more of {known}; nothing was given");
        }

        return errors;

        void Add(string property, string message) => errors.Add(RequestError.Of(property, message));
    }
}
