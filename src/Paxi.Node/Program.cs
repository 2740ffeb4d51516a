using Paxi.Actors.Scheduling;
using Paxi.Node.Cli;

InlineSockets.Prefer();
return await PaxiCommandLine.RunAsync(args, CliContext.OfProcess());
