using Paxi.Node.Cli;

return await PaxiCommandLine.RunAsync(args, CliContext.OfProcess());
