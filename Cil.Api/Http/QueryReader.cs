using System.Globalization;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cil.Api.Http;

/// <summary>Reads an address's query and lists all that is wrong with it.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection query;
    private readonly List<RequestError> errors = [];

    /// <param name="known">The names that there are.</param>
    internal QueryReader(HttpRequest request, params string[] known)
    {
        query = request.Query;
        foreach (KeyValuePair<string, StringValues> parameter in query)
        {
            if (!known.Contains(parameter.Key)) Add(parameter.Key, $"there is no such parameter; there are: {string.Join(", ", known)}");
            else if (parameter.Value.Count > 1) Add(parameter.Key, $"given {parameter.Value.Count} times");
        }
    }

    internal IReadOnlyList<RequestError> Errors => errors;

    internal string? Text(string name) => query.TryGetValue(name, out StringValues values) && values.Count > 0 ? values[0] : null;

    internal int Whole(string name, int least, int most, int standard)
    {
        if (Text(name) is not { } text) return standard;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= least
            && value <= most)
        {
            return value;
        }

        Add(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}, got '{text}'"));
        return standard;
    }

    internal string Choice(string name, string standard, params string[] others)
    {
        if (Text(name) is not { } text) return standard;
        if (text == standard || others.Contains(text)) return text;
        Add(name, $"{standard} or {string.Join(" or ", others)}, got '{text}'");
        return standard;
    }

    internal void Add(string name, string message) => errors.Add(new RequestError(name, message));
}
