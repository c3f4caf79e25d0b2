// Fixtures run side by side: each has a folder, servers and programs of its own. One that changes what all share says [NonParallelizable].
[assembly: Parallelizable(ParallelScope.Fixtures)]
