using System.Reflection;

namespace Orleans.Runtime;

internal sealed class OutgoingCall(GrainReference target, GrainMethod method, object?[] arguments, IReadOnlyList<IOutgoingGrainCallFilter> filters) : IOutgoingGrainCallContext
{
    private int _next;

    public object Grain => target;

    public GrainId? SourceId { get; } = RuntimeContext.Current?.GrainId;

    public GrainId TargetId => target.GrainId;

    public string InterfaceName => target.InterfaceName;

    public string MethodName => method.Method.Name;

    public MethodInfo InterfaceMethod => method.Method;

    public IGrainContext? SourceContext { get; } = RuntimeContext.Current;

    public object? Result { get; set; }

    public async Task Invoke()
    {
        if (_next < filters.Count)
        {
            await filters[_next++].Invoke(this);
        }
        else
        {
            Result = await Call.SendAsync(target, method, arguments);
        }
    }

    internal static async Task<object?> RunAsync(GrainReference target, GrainMethod method, object?[] arguments, IReadOnlyList<IOutgoingGrainCallFilter> filters)
    {
        var call = new OutgoingCall(target, method, arguments, filters);
        await call.Invoke();
        return call.Result;
    }
}
