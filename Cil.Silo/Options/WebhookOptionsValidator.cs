using Cil.Grains.Webhooks;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class WebhookOptionsValidator : OptionsValidator<WebhookOptions>
{
    internal override IEnumerable<RequestError> Errors(WebhookOptions options) =>
        AtLeastOne((nameof(options.MaxEndpoints), options.MaxEndpoints), (nameof(options.KeptDeliveries), options.KeptDeliveries));
}
