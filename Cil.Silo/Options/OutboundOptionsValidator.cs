using System.Net;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class OutboundOptionsValidator : OptionsValidator<OutboundOptions>
{
    internal override IEnumerable<RequestError> Errors(OutboundOptions options)
    {
        foreach (RequestError error in AboveZero(
            (nameof(options.WebhookTimeout), options.WebhookTimeout), (nameof(options.PictureTimeout), options.PictureTimeout)))
        {
            yield return error;
        }

        foreach (string network in options.Networks.Where(network => !IPNetwork.TryParse(network, out _)))
            yield return new RequestError(nameof(options.Networks), $"networks such as 10.20.0.0/16 or fd00::/8, got '{network}'");
        if (options.Authorities is { } file && !File.Exists(file))
            yield return new RequestError(nameof(options.Authorities), $"there is no file {file}");
    }
}
