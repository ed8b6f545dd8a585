using System.Security.Cryptography;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class SiloTlsOptionsValidator : OptionsValidator<SiloTlsOptions>
{
    internal override IEnumerable<RequestError> Errors(SiloTlsOptions options)
    {
        (string Name, string? File)[] files =
        [
            (nameof(options.Certificate), options.Certificate),
            (nameof(options.Key), options.Key), (nameof(options.Authority), options.Authority),
        ];
        if (files.All(file => file.File is null)) return [];
        RequestError[] missing =
        [
            .. files.Where(file => file.File is null)
                .Select(file => new RequestError(file.Name, "a PEM file; the other two are of no use without it")),
            .. files.Where(file => file.File is not null && !File.Exists(file.File))
                .Select(file => new RequestError(file.Name, $"there is no file {file.File}")),
        ];
        return missing.Length > 0 ? missing : Unreadable(options);
    }

    private static RequestError[] Unreadable(SiloTlsOptions options)
    {
        try
        {
            SiloCertificates.Read(options).Dispose();
            return [];
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return
            [
                new RequestError(
                    nameof(options.Certificate),
                    $"{options.Certificate} with the key {options.Key} and the authority {options.Authority}: {error.Message}"),
            ];
        }
    }
}
