using Cake.Frosting;
using Outsource.Build.Hosting;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;

namespace Outsource.Build.Tasks;

[TaskName(nameof(Target.Completion))]
[TaskDescription("Print the completion script of a shell: targets, options and values (--shell)")]
public sealed class CompletionTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var catalogue = new TaskCatalogue([typeof(OutsourceHost).Assembly, typeof(OutsourceContext).Assembly]);
        context
            .Request.Terminal()
            .Profile.Out.Writer.Write(
                CompletionScript.Render(context.Request.Invocation.Options.Shell?.ToLowerInvariant() ?? "bash", catalogue.Tasks)
            );
    }
}
