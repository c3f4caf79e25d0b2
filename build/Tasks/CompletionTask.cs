using Cake.Frosting;
using Outsource.Build.Hosting;
using Outsource.Model.Tables;
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
        var host = context.Request.Host;
        var tables = TablesReader.Read(host.Disk, Path.Combine(host.DataFolder, "tables"), null);
        var known = new CompletionWords
        {
            DataTypes = tables.Names,
            Modes = [.. tables.LedModes.Keys],
            Rses = [.. tables.Rses.Keys.Order(StringComparer.Ordinal)],
            DemoFolder = host.DemoConfig is null ? null : host.DemoWorkDir,
        };
        var shell = context.Request.Invocation.Options.Shell?.ToLowerInvariant() ?? "bash";
        context.Request.Terminal().Profile.Out.Writer.Write(CompletionScript.Render(shell, catalogue.Tasks, known));
    }
}
