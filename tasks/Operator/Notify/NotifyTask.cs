using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Notify;

[TaskName(nameof(Target.Notify))]
[TaskDescription("Send what is new about workflows by e-mail and webhook: starts, ends, holds, failures")]
public sealed class NotifyTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new NoticeDesk(context);
        if (desk.Settings.IsNone)
        {
            throw new UsageException(
                "nobody gets messages: write notification_email or webhook_file into [Outsource], or set $OUTSOURCE_WEBHOOK_URL. "
                    + "docs/every-day.md says how."
            );
        }

        var look = new NotifyLook(context, new WorkflowCommands(context), desk);
        var told = look.All();
        context.Messages.Result($"Notify: {Counted.Of(told, "message")} sent; {Counted.Of(look.Looked, "workflow")} looked at.");
    }
}
