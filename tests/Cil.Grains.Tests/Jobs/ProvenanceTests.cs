using System.Text.Json;
using Cil.Grains.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class ProvenanceTests
{
    [Fact]
    public void Of_SaysAllThatMakesTheVideoAgain()
    {
        RenderJobState state = Sample.State();
        (state.WeightsHash, state.Devices) = ("abc123", ["cpu", "cuda:0"]);

        using JsonDocument json = JsonDocument.Parse(Provenance.Of(state));

        JsonElement root = json.RootElement, plan = root.GetProperty("Plan");
        Assert.Equal(42UL, root.GetProperty("Seed").GetUInt64());
        Assert.Equal("abc123", root.GetProperty("WeightsHash").GetString());
        Assert.Equal(["cpu", "cuda:0"], root.GetProperty("Devices").EnumerateArray().Select(device => device.GetString()!));
        Assert.Equal(Sample.Request.Prompt, root.GetProperty("Request").GetProperty("Prompt").GetString());
        Assert.Equal("one", plan.GetProperty("Job").GetProperty("Value").GetString());
        Assert.Equal((7, 2), (plan.GetProperty("Steps").GetInt32(), plan.GetProperty("Threads").GetInt32()));
        Assert.Equal(5, plan.GetProperty("Chunks").GetArrayLength());
        Assert.Equal(typeof(Provenance).Assembly.GetName().Version!.ToString(), root.GetProperty("Version").GetString());
        Assert.Equal(Sample.Noon, root.GetProperty("CreatedAt").GetDateTimeOffset());
    }
}
