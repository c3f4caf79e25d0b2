using Cake.Frosting;

namespace Outsource.Tasks;

[TaskName(nameof(LoadConfig))]
[TaskDescription("Read and check configuration, arguments, tables and the context document")]
public sealed class LoadConfig : FrostingTask<OutsourceContext>;
