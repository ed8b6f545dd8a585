namespace Cil.Interfaces.Workers;

/// <summary>Names of device classes: devices of one class are scaled together.</summary>
public static class DeviceClass
{
    /// <summary>The class of processors, unless another is set.</summary>
    public const string Cpu = "cpu";

    private const int MostLetters = 63;
    private const string Maker = "nvidia-";

    /// <summary>Whether this is a name: lower-case letters, digits and '-', as labels of Kubernetes may be.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MostLetters && name[0] != '-' && name[^1] != '-'
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>The class of a device whose class is not set: "NVIDIA H200" is "h200".</summary>
    /// <param name="product">What the maker calls it; null for a processor, or where it is not known.</param>
    public static string Of(string? product)
    {
        if (product is null) return Cpu;
        string name = string.Concat(product.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-'));
        if (name.StartsWith(Maker, StringComparison.Ordinal)) name = name[Maker.Length..];
        name = string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries));
        return IsName(name) ? name : Cpu;
    }
}
