using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Scopes;

public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_WhenDisposed_DisposesEveryTensorMadeInIt()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tensor kept, lost;
        using (NewDisposeScope())
        {
            lost = zeros(2, 3);
            kept = ((lost + 1) * 2).MoveToOuterDisposeScope();
            Assert.Equal(3, CurrentDisposeScope!.DisposablesCount + 1);
        }

        Assert.True(lost.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        kept.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void MoveToOuter_InNestedScopes_HandsOverOneLevelAtATime()
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor result;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                result = ones(4).MoveToOuterDisposeScope();
            }

            Assert.False(result.IsInvalid);
        }

        Assert.True(result.IsInvalid);
        Assert.Equal(0, outer.DisposablesCount);
    }

    [Fact]
    public void Detach_TakesATensorOutOfAllScopes()
    {
        Tensor free;
        using (NewDisposeScope())
        {
            using (NewDisposeScope()) free = ones(4).DetachFromDisposeScope();
        }

        Assert.False(free.IsInvalid);
        free.Dispose();
    }

    [Fact]
    public void DisposeEverythingBut_KeepsTheScopeOpenAndTheTensorAlive()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = ones(1), b = ones(1);
        scope.DisposeEverythingBut(a);
        Assert.False(a.IsInvalid);
        Assert.True(b.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void UseOfADisposedTensor_IsRefused()
    {
        Tensor gone = ones(1);
        gone.Dispose();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => gone + 1);
        Assert.Contains("empty handle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OperatorsWithLists_LeaveNoTensorBehind()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            Tensor x = arange(24).reshape(2, 3, 4);
            Tensor[] parts = x.chunk(2, 2);
            Tensor joined = cat(parts, 2);
            Assert.True(joined.Equals(x));
            Assert.Equal(2, parts.Length);
            _ = x[1, .., ^1];
            _ = nn.functional.scaled_dot_product_attention(rand(2, 4, 8), rand(2, 4, 8), rand(2, 4, 8));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Scopes_OfTwoThreads_KnowNothingOfEachOther()
    {
        using DisposeScope mine = NewDisposeScope();
        var thread = new Thread(() =>
        {
            using DisposeScope theirs = NewDisposeScope();
            _ = ones(1);
            Assert.Equal(1, theirs.DisposablesCount);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, mine.DisposablesCount);
    }
}
