// Each test has a few processes on a few cores: one at a time.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
