namespace Orleans.Runtime;

/// <summary>Named values that travel with requests, from a caller to all that runs on its behalf, and not back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Dictionary<string, object>?> s_values = new();

    /// <summary>The names that are set.</summary>
    public static IEnumerable<string> Keys => s_values.Value?.Keys ?? Enumerable.Empty<string>();

    /// <summary>Names and values.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries => s_values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    internal static Dictionary<string, object>? Current
    {
        get => s_values.Value;
        set => s_values.Value = value;
    }

    /// <summary>The value of that name, null when it is not set.</summary>
    public static object? Get(string key) => s_values.Value?.GetValueOrDefault(key);

    /// <summary>Sets a value. It must be of a type that may travel.</summary>
    public static void Set(string key, object value)
    {
        // Never changed in place: a request already sent keeps what it had.
        s_values.Value = new Dictionary<string, object>(s_values.Value ?? []) { [key] = value };
    }

    /// <summary>Removes a value; false when it was not set.</summary>
    public static bool Remove(string key)
    {
        if (s_values.Value?.ContainsKey(key) != true)
        {
            return false;
        }

        var rest = new Dictionary<string, object>(s_values.Value);
        rest.Remove(key);
        s_values.Value = rest.Count == 0 ? null : rest;
        return true;
    }

    /// <summary>Removes all.</summary>
    public static void Clear() => s_values.Value = null;
}
