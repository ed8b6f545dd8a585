// Peaks of memory are those of the process: one kind at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
