namespace TorchSharp;

/// <summary>Owns the tensors made on its thread while it is the innermost scope, and disposes them with itself.</summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        this.manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }

    internal HashSet<IDisposable> Disposables { get; private set; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>A copy of what the scope holds now.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            _ = Manager;
            return [.. Disposables];
        }
    }

    /// <summary>How many disposables the scope holds now.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return Disposables.Count;
        }
    }

    private DisposeScopeManager Manager => manager ?? throw new ObjectDisposedException(GetType().FullName);

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        MoveToOther(OuterScope, [disposable]);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        MoveToOther(OuterScope, [first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        MoveToOther(OuterScope, [first, second, third]);
        return (first, second, third);
    }

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        MoveToOther(scope, [disposable]);
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    /// <summary>Gives what this scope holds to another one; null means to none.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        _ = Manager;
        if (scope is null)
        {
            Detach(disposables);
            return;
        }

        foreach (IDisposable disposable in disposables)
        {
            if (Disposables.Remove(disposable)) Adopt(scope, disposable);
        }
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Detach([disposable]);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        Detach([first, second]);
        return (first, second);
    }

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes disposables out of this scope and of all scopes: their owner disposes them.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        DisposeScopeManager own = Manager;
        foreach (IDisposable disposable in disposables)
        {
            if (!Disposables.Remove(disposable) || disposable is not torch.Tensor tensor) continue;
            own.StatisticsInstance.TensorStatistics.DetachedFromScopeCount++;
            tensor.OwningDisposeScope = null;
        }
    }

    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes disposables into this scope, out of the one that holds them.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        DisposeScopeManager own = Manager;
        List<IDisposable> attached = [];
        foreach (IDisposable disposable in disposables)
        {
            if (Adopt(this, disposable)) own.StatisticsInstance.TensorStatistics.AttachedToScopeCount++;
            attached.Add(disposable);
        }

        return attached;
    }

    /// <summary>Disposes what the scope holds now and stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut([]);

    /// <inheritdoc cref="DisposeEverything"/>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <inheritdoc cref="DisposeEverything"/>
    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    /// <summary>Disposes what the scope holds now, but for what is named, and stays open.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        HashSet<IDisposable> held = Disposables;
        Disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (IDisposable disposable in held)
        {
            if (!Disposables.Contains(disposable)) disposable.Dispose();
        }
    }

    /// <summary>Disposes what the scope holds, and closes it.</summary>
    public void Dispose()
    {
        if (manager is null) return;
        DisposeEverything();
        manager.RemoveDisposeScope(this);
        manager = null;
    }

    /// <summary>Tells the scope that something it holds was disposed by hand.</summary>
    /// <exception cref="ObjectDisposedException">the scope was disposed</exception>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _ = Manager;
        _ = Disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = null;
    }

    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    private static bool Adopt(DisposeScope scope, IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
        {
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        }

        DisposeScope? old = tensor.OwningDisposeScope;
        if (old == scope) return false;
        _ = scope.Disposables.Add(tensor);
        _ = old?.Disposables.Remove(tensor);
        tensor.OwningDisposeScope = scope;
        return true;
    }
}
