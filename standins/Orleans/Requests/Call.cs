using System.Globalization;

namespace Orleans.Runtime;

/// <summary>The caller's half of a request.</summary>
internal static class Call
{
    internal static Task<object?> RunAsync(GrainReference target, GrainMethod method, object?[] arguments)
    {
        var filters = target.Caller.OutgoingFilters;
        return filters.Count == 0 ? SendAsync(target, method, arguments) : OutgoingCall.RunAsync(target, method, arguments, filters);
    }

    internal static async Task<object?> SendAsync(GrainReference target, GrainMethod method, object?[] arguments)
    {
        var caller = target.Caller;
        var gateway = caller.Gateway;
        method.CopyArguments(arguments);
        var request = new Request(target, method, arguments);
        var token = method.CancellationIndex >= 0 ? (CancellationToken)arguments[method.CancellationIndex]! : default;
        token.ThrowIfCancellationRequested();
        using var cancellation = token.CanBeCanceled ? request.Link(caller.WaitForCancellationAcknowledgement, token) : default;
        gateway.Cluster.Dispatch(request, gateway);
        if (method.IsOneWay)
        {
            return null;
        }

        var timeout = method.ResponseTimeout ?? caller.ResponseTimeout;
        try
        {
            return await request.Answer.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!request.Answer.IsCompleted)
        {
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"Response did not arrive on time in {timeout} for request {method.Method.DeclaringType!.Name}.{method.Method.Name} to {target.GrainId}."));
        }
    }
}
