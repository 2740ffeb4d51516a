using Paxi.Bench.Cli;

return await BenchCommandLine.RunAsync(BenchCommandLine.Create(), args, Console.Error);
