using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class DataTests
{
    [Fact]
    public void Accessor_OfATransposedTensor_ReadsAndWritesInIndexOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor turned = arange(6, ScalarType.Float32).reshape(2, 3).t();
        Utils.TensorAccessor<float> data = turned.data<float>();
        Assert.Equal([0, 3, 1, 4, 2, 5], data.ToArray());
        Assert.Equal(4, data[1, 1]);
        Assert.Equal(4, data[3]);
        data[2, 0] = 9;
        data.CopyFrom([7f], 0, 1);
        Assert.Equal([0, 7, 1, 4, 9, 5], turned.data<float>().ToArray());
    }

    [Fact]
    public void Bytes_AreTheTensorsOwnMemory()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tensor = zeros(2, ScalarType.Int32);
        tensor.bytes[4] = 5;
        Assert.Equal(5, tensor[1].item<int>());
        Assert.Throws<ArgumentException>(() => tensor.bytes = new byte[3]);
        Assert.Throws<InvalidOperationException>(() => arange(4).reshape(2, 2).t().bytes.Length);
    }

    [Fact]
    public void Streams_CarryATensorAndReportAnEarlyEnd()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor written = randn(100, generator: new Generator(1));
        var stream = new MemoryStream();
        written.WriteBytesToStream(stream);
        stream.Position = 0;
        Tensor read = empty(100);
        read.ReadBytesFromStream(stream);
        Assert.True(read.Equals(written));
        Assert.Throws<EndOfStreamException>(() => read.ReadBytesFromStream(stream));
    }

    [Fact]
    public void Assignment_ThroughIndicesMasksAndRanges_ChangesTheTensorItself()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor table = zeros(3, 4);
        table[1] = ones(4);
        table[.., ^1] = tensor(5f);
        table[table > 4] = tensor(6f);
        _ = table.index_put_(2, TensorIndex.Single(0), TensorIndex.Slice(0, 2));
        Assert.Equal([2, 2, 0, 6, 1, 1, 1, 6, 0, 0, 0, 6], table.data<float>().ToArray());
    }

    [Fact]
    public void BFloat16_RoundsToTheNearestEven_AsLibtorchDoes()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] values = [1f, 1.00390625f, 1.01171875f, -3.3895e38f, 1e-40f, float.NaN, float.PositiveInfinity, 0.1f];
        BFloat16[] theirs = tensor(values).bfloat16().data<BFloat16>().ToArray();
        Assert.Equal(values.Select(v => new BFloat16(v).ToSingle()), theirs.Select(v => v.ToSingle()));
    }

    [Fact]
    public void Generator_WithAState_GivesTheSameNumbersAgain()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        _ = rand(10, generator: generator);
        Tensor state = generator.get_state();
        Tensor first = rand(10, generator: generator);
        generator.set_state(state);
        Assert.True(first.Equals(rand(10, generator: generator)));
        Assert.Equal(3, generator.initial_seed());
    }
}
