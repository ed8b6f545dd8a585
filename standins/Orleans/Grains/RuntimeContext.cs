namespace Orleans.Runtime;

/// <summary>The activation whose turn runs on this thread.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Activation? t_current;

    internal static Activation? Current
    {
        get => t_current;
        set => t_current = value;
    }
}
