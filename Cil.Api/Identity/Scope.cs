namespace Cil.Api.Identity;

/// <summary>What a key allows. An operator may do everything, and whoever renders may read.</summary>
public static class Scope
{
    /// <summary>Submits a tenant's jobs, and does with them what can be done.</summary>
    public const string Render = "render";

    /// <summary>Looks at a tenant's jobs.</summary>
    public const string Read = "read";

    /// <summary>Looks after the service: all tenants' jobs, the queue, quotas.</summary>
    public const string Operator = "operator";

    public static IReadOnlyList<string> All { get; } = [Render, Read, Operator];

    /// <summary>The scopes that allow what one allows.</summary>
    internal static string[] Allowing(string scope) => scope switch
    {
        Read => [Read, Render, Operator],
        Render => [Render, Operator],
        _ => [Operator],
    };
}
