namespace Orleans.Runtime;

/// <summary>Runs an activation's tasks, one at a time and in order, on the thread pool.</summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    // After as many tasks others get the thread.
    private const int TasksInOneGo = 64;

    private readonly Queue<Task> _tasks = new();
    private bool _scheduled;
    private bool _stopped;

    public override int MaximumConcurrencyLevel => 1;

    public void Execute()
    {
        RuntimeContext.Current = activation;
        try
        {
            for (var i = 0; i < TasksInOneGo; i++)
            {
                Task task;
                lock (_tasks)
                {
                    if (!_tasks.TryDequeue(out task!))
                    {
                        _scheduled = false;
                        return;
                    }
                }

                TryExecuteTask(task);
            }
        }
        finally
        {
            RuntimeContext.Current = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Nothing runs any more; what waits is forgotten. For a silo that is lost.</summary>
    internal void Stop()
    {
        lock (_tasks)
        {
            _stopped = true;
            _tasks.Clear();
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            if (_stopped)
            {
                return;
            }

            _tasks.Enqueue(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return [.. _tasks];
        }
    }
}
