using Paxi.Actors.Scheduling;
using Paxi.Bench.Cli;

SocketDefaults.Prefer();
return await BenchCommandLine.RunAsync(BenchCommandLine.Create(), args, Console.Error);
