using Cil.Grains.Tests.Engine.Cluster;

namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>Notes every call of the echo grain, and turns one kind of failure into another.</summary>
public sealed class RecordingFilter(Gates gates) : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not EchoGrain)
        {
            await context.Invoke();
            return;
        }

        gates.Record($"in: {context.ImplementationMethod.Name}");
        await context.Invoke();
        gates.Record($"in, done: {context.MethodName} gave {context.Result ?? "nothing"}");
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        bool ours = context.InterfaceMethod?.DeclaringType == typeof(IEchoGrain);
        if (ours) gates.Record($"out: {context.MethodName}");
        try
        {
            await context.Invoke();
        }
        catch (ArgumentException error) when (ours)
        {
            throw new InvalidOperationException("translated", error);
        }
    }
}
