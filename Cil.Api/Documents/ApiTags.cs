using Microsoft.OpenApi;

namespace Cil.Api.Documents;

/// <summary>What the document's calls are grouped by: the first part of an address behind its face's.</summary>
internal static class ApiTags
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["batches"] = "Several jobs of one request.",
        ["demand"] = "How many devices the grid could use.",
        ["events"] = "Lists as server-sent events.",
        ["jobs"] = "Videos and their making: submitted, followed, stopped, fetched.",
        ["models"] = "What can be rendered.",
        ["presets"] = "What can be asked for by a name.",
        ["queue"] = "What waits, for whom, and who works.",
        ["session"] = "Who asks.",
        ["statistics"] = "What Analytic-Init starts from, measured over a data set.",
        ["tenants"] = "Quotas, and what was used.",
        ["videos"] = "The Videos API of OpenAI's clients.",
        ["webhooks"] = "Where the ends of jobs are told, and what became of it.",
    };

    internal static void Add(OpenApiDocument document)
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string path, IOpenApiPathItem item) in document.Paths)
        {
            string tag = Of(path);
            _ = used.Add(tag);
            foreach (OpenApiOperation operation in item.Operations?.Values.AsEnumerable() ?? [])
                operation.Tags = new HashSet<OpenApiTagReference> { new(tag, document) };
        }

        document.Tags = used.Select(tag => new OpenApiTag { Name = tag, Description = Descriptions.GetValueOrDefault(tag) }).ToHashSet();
    }

    // "/api/jobs/{id}" is of "jobs", "/v1/webhook_endpoints" of "webhooks".
    private static string Of(string path)
    {
        string part = path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, var second, ..] ? second : path.Trim('/');
        return part.StartsWith("webhook", StringComparison.Ordinal) ? "webhooks" : part;
    }
}
