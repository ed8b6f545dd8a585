namespace Cil.Interfaces.Webhooks;

/// <summary>What became of a change to an endpoint.</summary>
[GenerateSerializer, Immutable, Alias("cil.WebhookAnswer")]
public abstract record WebhookAnswer
{
    private WebhookAnswer()
    {
    }

    /// <param name="Secret">Where it is new: it is shown only here.</param>
    [GenerateSerializer, Immutable, Alias("cil.WebhookAnswer.Done")]
    public sealed record Done([property: Id(0)] WebhookEndpoint Endpoint, [property: Id(1)] string? Secret) : WebhookAnswer;

    /// <summary>The settings have faults; all are listed.</summary>
    [GenerateSerializer, Immutable, Alias("cil.WebhookAnswer.Refused")]
    public sealed record Refused([property: Id(0)] IReadOnlyList<RequestError> Faults) : WebhookAnswer;

    /// <summary>The tenant has as many endpoints as it may.</summary>
    [GenerateSerializer, Immutable, Alias("cil.WebhookAnswer.TooMany")]
    public sealed record TooMany([property: Id(0)] int Most) : WebhookAnswer;

    /// <summary>There is no such endpoint.</summary>
    [GenerateSerializer, Immutable, Alias("cil.WebhookAnswer.NotThere")]
    public sealed record NotThere : WebhookAnswer;
}
