namespace Cil.Storage;

/// <summary>
/// A bucket of a storage service that speaks S3, written as a URL. Keys are no part of it: they come from the environment.
/// </summary>
/// <param name="Endpoint">Where the service answers; null for AWS' own of the region.</param>
/// <param name="Region">Null for what the environment says (AWS_REGION), or, with an endpoint, us-east-1, which most services take.</param>
public sealed record S3Location(string Bucket, Uri? Endpoint = null, string? Region = null)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Form = "s3://BUCKET, or s3://BUCKET?endpoint=https://HOST:PORT&region=REGION";

    private const string Scheme = "s3://", EndpointName = "endpoint", RegionName = "region";
    private const int ShortestBucket = 3, LongestBucket = 63;

    /// <summary>Whether the text is meant to be such a URL; what is wrong with it, <see cref="Parse"/> says.</summary>
    public static bool IsS3(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">The text is none of <see cref="Form"/>; says what is wrong with it.</exception>
    public static S3Location Parse(string text)
    {
        if (!IsS3(text)) throw new FormatException($"expected {Form}; got '{text}'");
        string[] halves = text[Scheme.Length..].Split('?', 2);
        string bucket = halves[0].TrimEnd('/');
        if (!IsBucket(bucket))
        {
            throw new FormatException(
                $"bucket: {ShortestBucket} to {LongestBucket} lower-case letters, digits, '-' and '.', beginning and ending with a "
                    + $"letter or digit (no folder in it); got '{bucket}'");
        }

        Uri? endpoint = null;
        string? region = null;
        foreach (string setting in halves.Length == 1 ? [] : halves[1].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = setting.Split('=', 2);
            string value = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "");
            switch (parts[0])
            {
                case EndpointName:
                    endpoint = IsEndpoint(value, out Uri? address)
                        ? address
                        : throw new FormatException($"{EndpointName}: expected http:// or https://HOST:PORT; got '{value}'");
                    break;
                case RegionName:
                    region = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
                        ? value
                        : throw new FormatException($"{RegionName}: letters, digits and '-', as eu-central-1; got '{value}'");
                    break;
                default:
                    string keys = parts[0].Contains("key", StringComparison.OrdinalIgnoreCase)
                        ? ": keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
                        : "";
                    throw new FormatException($"expected {EndpointName} or {RegionName}; got '{parts[0]}'{keys}");
            }
        }

        return new S3Location(bucket, endpoint, region);
    }

    private static bool IsBucket(string name) => name.Length is >= ShortestBucket and <= LongestBucket
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');

    private static bool IsEndpoint(string text, out Uri? address) => Uri.TryCreate(text, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.PathAndQuery == "/"
        && address.UserInfo.Length == 0;
}
