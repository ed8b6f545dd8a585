using Cil.Benchmarks;
using Cil.Benchmarks.Measuring;

// Benchmarks are programs: each validates first, compares side by side in one run and prints ratios (docs/benchmarks.md).
if (args.Contains("--help"))
{
    Console.WriteLine(BenchmarkOptions.Usage);
    return 0;
}

if (args is [ProcessMemory.Command, ..])
{
    ProcessMemory.RunOnce(args);
    return 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (ArgumentException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}

TorchSharp.torch.set_num_threads(options.Threads);
Console.WriteLine(Machine.Describe(options.Threads));
bool met = true;
foreach (Benchmark benchmark in Benchmark.All.Where(
    benchmark => options.Only is null ? !benchmark.OnRequest : options.Only == benchmark.Name))
{
    Console.WriteLine($"\n{benchmark.Name}: {benchmark.Summary}");
    met &= await benchmark.Run(options);
}

return met ? 0 : 1;
