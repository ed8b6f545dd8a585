using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>One method of a grain interface: how it is scheduled, what is copied, how it is invoked.</summary>
internal sealed class GrainMethod
{
    private readonly Func<object, object?[], object?> _invoke;
    private readonly Func<object?, ValueTask<object?>> _result;
    private readonly bool[] _copied;
    private readonly bool _resultCopied;

    internal GrainMethod(MethodInfo method)
    {
        if (method.IsGenericMethodDefinition)
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name}: the embedded engine has no generic grain methods.");
        }

        Method = method;
        Kind = ResultKindOf(method);
        var parameters = method.GetParameters();
        _copied = [.. parameters.Select(p => !p.IsDefined(typeof(ImmutableAttribute)) && !Serialization.DeepCopier.IsNeverCopied(p.ParameterType))];
        _resultCopied = !method.ReturnParameter.IsDefined(typeof(ImmutableAttribute));
        CancellationIndex = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        IsOneWay = method.IsDefined(typeof(OneWayAttribute)) || Kind == ResultKind.None;
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        IsAlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        _invoke = Compile(method, parameters);
        _result = ResultReader(method, Kind);
    }

    internal enum ResultKind
    {
        None,
        Task,
        TaskOf,
        ValueTask,
        ValueTaskOf,
        Stream,
    }

    internal MethodInfo Method { get; }

    internal ResultKind Kind { get; }

    /// <summary>Where among the arguments the cancellation token is, or -1.</summary>
    internal int CancellationIndex { get; }

    internal bool IsOneWay { get; }

    internal bool IsReadOnly { get; }

    internal bool IsAlwaysInterleave { get; }

    /// <summary>How long its callers wait; null for as long as they wait for others.</summary>
    internal TimeSpan? ResponseTimeout { get; }

    internal void CopyArguments(object?[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (_copied[i])
            {
                arguments[i] = Serialization.DeepCopier.Copy(arguments[i]);
            }
        }
    }

    internal object? CopyResult(object? result) => _resultCopied ? Serialization.DeepCopier.Copy(result) : result;

    /// <summary>What the method returns: a task, a stream or nothing.</summary>
    internal object? Invoke(object target, object?[] arguments) => _invoke(target, arguments);

    internal ValueTask<object?> InvokeAsync(object target, object?[] arguments) => _result(_invoke(target, arguments));

    private static ResultKind ResultKindOf(MethodInfo method)
    {
        var type = method.ReturnType;
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return
            open == typeof(void) ? ResultKind.None
            : open == typeof(Task) ? ResultKind.Task
            : open == typeof(Task<>) ? ResultKind.TaskOf
            : open == typeof(ValueTask) ? ResultKind.ValueTask
            : open == typeof(ValueTask<>) ? ResultKind.ValueTaskOf
            : open == typeof(IAsyncEnumerable<>) ? ResultKind.Stream
            : throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {type}; grain methods return Task, Task<T>, ValueTask, ValueTask<T>, IAsyncEnumerable<T> or void.");
    }

    private static Func<object, object?[], object?> Compile(MethodInfo method, ParameterInfo[] parameters)
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var call = Expression.Call(
            Expression.Convert(target, method.DeclaringType!),
            method,
            parameters.Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType)));
        Expression body = method.ReturnType == typeof(void)
            ? Expression.Block(call, Expression.Constant(null))
            : Expression.Convert(call, typeof(object));
        return Expression.Lambda<Func<object, object?[], object?>>(body, target, arguments).Compile();
    }

    private static Func<object?, ValueTask<object?>> ResultReader(MethodInfo method, ResultKind kind)
    {
        switch (kind)
        {
            case ResultKind.Task:
                return static async returned =>
                {
                    await ((Task)returned!).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext);
                    return null;
                };
            case ResultKind.ValueTask:
                return static async returned =>
                {
                    await (ValueTask)returned!;
                    return null;
                };
            case ResultKind.TaskOf or ResultKind.ValueTaskOf:
                var name = kind == ResultKind.TaskOf ? nameof(ReadTask) : nameof(ReadValueTask);
                return typeof(GrainMethod).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(method.ReturnType.GetGenericArguments())
                    .CreateDelegate<Func<object?, ValueTask<object?>>>();
            default:
                return static returned => new ValueTask<object?>(returned);
        }
    }

    private static async ValueTask<object?> ReadTask<T>(object? returned) => await (Task<T>)returned!;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<object?> ReadValueTask<T>(object? returned) => await (ValueTask<T>)returned!;
}
