using Cake.Frosting;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Operator.Init;

[TaskName(nameof(Target.Init))]
[TaskDescription("Write a configuration with comments to fill in; an existing one is not overwritten")]
public sealed class InitTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Invocation.Options.Systemd)
        {
            WriteUnits(context);
            return;
        }

        var path = NewConfiguration.Write(context.Request.Host, context.Request.Invocation);
        context.Messages.Result(
            $"Init: {path} is written; only you can read it. Fill in the empty keys; --target=DryRun shows what is "
                + "still missing."
        );
    }

    private static void WriteUnits(OutsourceContext context)
    {
        var host = context.Request.Host;
        var program = ProgramCommand.Published
            ? Environment.ProcessPath!
            : Path.Combine(context.Environment.WorkingDirectory.FullPath, "build.sh");
        var config = context.Request.Invocation.Options.Config ?? host.Variable("XENON_CONFIG");
        var folder = new SystemdUnits(host, program).Write(config is null ? null : host.Absolute(config));
        context.Messages.Result(
            $"Init: four units are written into {folder}. To start them: systemctl --user daemon-reload && systemctl --user enable --now "
                + "outsource-submit.timer outsource-notify.timer"
        );
    }
}
