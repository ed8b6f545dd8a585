using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cil.Client.Contracts;

namespace Cil.Api.Tests.Contracts;

/// <summary>What is on the wire stays: clients that nobody here knows rely on it.</summary>
public sealed class ContractTests
{
    private const string Stored = "Contracts/contracts.txt";

    [Fact]
    public void Contracts_AreAsStored()
    {
        string actual = Describe(), stored = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Stored));

        if (actual == stored) return;
        string place = Path.Combine(AppContext.BaseDirectory, "contracts.txt.now");
        File.WriteAllText(place, actual);
        Assert.Fail(
            $"The HTTP contracts have changed. Adding a field is safe; renaming one, taking one away or changing its kind breaks "
                + $"clients. If it is meant, copy {place} to tests/Cil.Api.Tests/{Stored}.");
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        _ = text.Append($"form of a job: {string.Join(", ", JobFields.Names)}; files: {JobFields.Image}, {JobFields.Statistics}\n");
        _ = text.Append(
            $"form of a batch: also {BatchFields.Seeds}, {BatchFields.Count}; files: {string.Join(", ", BatchFields.Images)}\n");
        foreach (Type type in typeof(ApiJob).Assembly
            .GetExportedTypes()
            .Where(IsContract)
            .OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            _ = text.Append($"\n{type.Name}\n");
            if (type.IsEnum)
            {
                foreach (object value in Enum.GetValues(type))
                    _ = text.Append($"  {JsonSerializer.Serialize(value, type, ApiJson.Options)}\n");
                continue;
            }

            foreach (JsonPropertyInfo property in ApiJson.Options.GetTypeInfo(type).Properties
                .Where(property => property.Get is not null || property.Set is not null))
            {
                _ = text.Append(
                    $"  {property.Name}: {Kind(property.PropertyType)}{(property.NumberHandling is null ? "" : " as a string")}\n");
            }
        }

        return text.ToString();
    }

    private static bool IsContract(Type type) =>
        type.Namespace == typeof(ApiJob).Namespace
            && type.Name.StartsWith("Api", StringComparison.Ordinal)
            && !(type.IsAbstract && type.IsSealed);

    private static string Kind(Type type) => Nullable.GetUnderlyingType(type) is { } value ? $"{Kind(value)}?"
        : type.IsGenericType ? $"list of {Kind(type.GetGenericArguments()[0])}"
        : type.Name;
}
