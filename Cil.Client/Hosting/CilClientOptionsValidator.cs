using Microsoft.Extensions.Options;

namespace Cil.Client.Hosting;

/// <summary>Lists all that is wrong with the options of a client.</summary>
internal sealed class CilClientOptionsValidator : IValidateOptions<CilClientOptions>
{
    private const int MostRetries = 20;

    public ValidateOptionsResult Validate(string? name, CilClientOptions options)
    {
        var errors = new List<string>();
        if (options.Address is null)
            errors.Add($"{nameof(options.Address)}: the address of a service, such as https://render.example.org; none was given");
        else if (!options.Address.IsAbsoluteUri || options.Address.Scheme is not ("http" or "https"))
            errors.Add($"{nameof(options.Address)}: expected http://HOST:PORT or https://HOST, got '{options.Address}'");
        if (options.Key is { } key && (key.Length == 0 || key.Any(c => c is <= ' ' or > '~')))
            errors.Add(
                $"{nameof(options.Key)}: expected a key or token; what was given is empty, or has a character that no header may have");
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromDays(1))
            errors.Add($"{nameof(options.Timeout)}: above 0 and at most a day, got {options.Timeout}");
        if (options.Retries is < 0 or > MostRetries) errors.Add($"{nameof(options.Retries)}: 0 to {MostRetries}, got {options.Retries}");
        if (options.RetryDelay <= TimeSpan.Zero || options.RetryDelay > options.LongestDelay)
        {
            errors.Add(
                $"{nameof(options.RetryDelay)}: above 0 and at most {nameof(options.LongestDelay)}, {options.LongestDelay}; "
                + $"got {options.RetryDelay}");
        }

        if (options.LongestDelay < TimeSpan.FromSeconds(1) || options.LongestDelay > TimeSpan.FromHours(1))
            errors.Add($"{nameof(options.LongestDelay)}: 1 second to an hour, got {options.LongestDelay}");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
