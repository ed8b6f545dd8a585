using System.Reflection;

namespace Orleans.Runtime;

internal sealed class IncomingCall : IIncomingGrainCallContext
{
    private readonly Activation _activation;
    private readonly Request _request;
    private readonly object _target;
    private int _next;

    private IncomingCall(Activation activation, Request request)
    {
        _activation = activation;
        _request = request;
        _target = activation.Target(request.Target.Face);
    }

    public object Grain => _target;

    public GrainId? SourceId => _request.Source;

    public GrainId TargetId => _activation.GrainId;

    public string InterfaceName => _request.Target.InterfaceName;

    public string MethodName => _request.Method.Method.Name;

    public MethodInfo InterfaceMethod => _request.Method.Method;

    public IGrainContext TargetContext => _activation;

    public object? Result { get; set; }

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = _target.GetType().GetInterfaceMap(InterfaceMethod.DeclaringType!);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
        }
    }

    public async Task Invoke()
    {
        var filters = _activation.IncomingFilters;
        if (_next < filters.Count)
        {
            await filters[_next++].Invoke(this);
        }
        else
        {
            Result = await _request.Method.InvokeAsync(_target, _request.Arguments);
        }
    }

    internal static async Task<object?> RunAsync(Activation activation, Request request)
    {
        var call = new IncomingCall(activation, request);
        await call.Invoke();
        return call.Result;
    }
}
