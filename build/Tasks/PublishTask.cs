using Cake.Core.IO;
using Cake.Frosting;
using Outsource.Build.Tools.Publishing;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Build.Tasks;

[TaskName(nameof(Target.Publish))]
[TaskDescription("Make one file of the program, with its checksum, for submit hosts without the .NET SDK")]
public sealed class PublishTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var root = context.Environment.WorkingDirectory;
        var settings = new PublishSettings
        {
            Project = root.CombineWithFilePath("build/Build.csproj"),
            Output = root.Combine(".outsource/publish/new"),
            Artifacts = root.Combine(".outsource/publish/build"),
        };
        if (ProgramCommand.Published || !context.FileSystem.Exist(settings.Project))
        {
            throw new UsageException(
                $"There is no project at '{settings.Project.FullPath}': run this task in a checkout, with its build.sh."
            );
        }

        var said = context.Request.Messages.While(
            "dotnet publish",
            () =>
                new PublishRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(
                    settings,
                    context.Request.Messages.Detail
                )
        );
        if (said.ExitCode != 0)
        {
            throw new OutsourceException(PublishedProgram.Failure(said), ExitCodes.OfTool(said.ExitCode));
        }

        var program = PublishedProgram.Place(context.Disk, settings.Output.FullPath, root.Combine(".outsource/publish").FullPath);
        context.Request.Messages.Result(
            FormattableString.Invariant(
                $"Publish: {program} ({context.Disk.FileInfo.New(program).Length / 1e6:N1} MB), with outsource.sha256 beside it"
            )
        );
    }
}
