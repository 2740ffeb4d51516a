using Paxi.Actors.Scheduling;
using Paxi.Bench.Cli;

InlineSockets.Prefer();
return await BenchCommandLine.RunAsync(BenchCommandLine.Create(), args, Console.Error);
