using Paxi.Actors.Scheduling;
using Paxi.Node.Cli;

SocketDefaults.Prefer();
return await PaxiCommandLine.RunAsync(args, CliContext.OfProcess());
