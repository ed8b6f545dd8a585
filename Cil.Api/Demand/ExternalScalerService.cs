using System.Globalization;
using Cil.Api.Demand.Wire;
using Cil.Client.Jobs;
using Cil.Interfaces.Queue;
using Grpc.Core;

namespace Cil.Api.Demand;

/// <summary>
/// Answers KEDA's external-push scaler with the demand for one class. A trigger's metadata names the class, and how many
/// devices a pod has where it is not one. While the grid cannot tell, the call fails: KEDA then keeps what there is.
/// </summary>
internal sealed class ExternalScalerService(ICilClient client, TimeProvider clock) : ExternalScaler.ExternalScalerBase
{
    internal const string Devices = "devices", Metric = "cil_device_demand";

    private const int MostDevices = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public override async Task<IsActiveResponse> IsActive(ScaledObjectRef request, ServerCallContext context) =>
        new() { Result = (await DemandAsync(request)).Slots > 0 };

    public override async Task StreamIsActive(
        ScaledObjectRef request, IServerStreamWriter<IsActiveResponse> responseStream, ServerCallContext context)
    {
        bool? last = null;
        using var timer = new PeriodicTimer(Poll, clock);
        try
        {
            do
            {
                bool isActive = (await DemandAsync(request)).Slots > 0;
                if (isActive == last) continue;
                await responseStream.WriteAsync(new IsActiveResponse { Result = isActive }, context.CancellationToken);
                last = isActive;
            }
            while (await timer.WaitForNextTickAsync(context.CancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone.
        }
    }

    public override async Task<GetMetricSpecResponse> GetMetricSpec(ScaledObjectRef request, ServerCallContext context)
    {
        _ = await DemandAsync(request);
        return new()
        {
            MetricSpecs = { new MetricSpec { MetricName = Metric, TargetSize = DevicesOf(request), TargetSizeFloat = DevicesOf(request) } },
        };
    }

    public override async Task<GetMetricsResponse> GetMetrics(GetMetricsRequest request, ServerCallContext context)
    {
        int slots = (await DemandAsync(request.ScaledObjectRef ?? new ScaledObjectRef())).Slots;
        return new() { MetricValues = { new MetricValue { MetricName = Metric, MetricValue_ = slots, MetricValueFloat = slots } } };
    }

    private static int DevicesOf(ScaledObjectRef request)
    {
        if (!request.ScalerMetadata.TryGetValue(Devices, out string? text)) return 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int devices) && devices is >= 1 and <= MostDevices
            ? devices
            : throw new RpcException(new Status(StatusCode.InvalidArgument, $"{Devices}: 1 to {MostDevices}, got '{text}'"));
    }

    private async Task<ClassDemand> DemandAsync(ScaledObjectRef request)
    {
        _ = request.ScalerMetadata.TryGetValue(DemandLookup.Class, out string? name);
        IReadOnlyList<ClassDemand> demand;
        try
        {
            demand = await client.DemandAsync();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"the queue of jobs does not answer: {error.Message}"));
        }

        return DemandLookup.Find(demand, name ?? "")
            ?? throw new RpcException(
                new Status(StatusCode.InvalidArgument, $"{DemandLookup.Class}: {DemandLookup.Unknown(demand, name)}"));
    }
}
