using Cake.Frosting;
using Outsource.Engines.Tools;
using Outsource.Services.Contexts;
using Outsource.Settings.Options;

namespace Outsource.Operator.Context;

[TaskName(nameof(Target.Context))]
[TaskDescription("Show which data types a context stores, and why")]
public sealed class ContextTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var host = context.Request.Host;
        var question = ContextQuestion.Read(host, context.Request.Invocation);
        ContextAnswer answer;
        using (context.Messages.Waiting($"the description of {question.Request}"))
        {
            var description = await new ContextDescriptions(host, new PythonRunner(context))
                .FindAsync(question.Request, context.Cancellation)
                .ConfigureAwait(false);
            answer = question.Answer(description);
        }

        foreach (var warning in answer.Warnings)
        {
            context.Messages.Warn(warning);
        }

        var console = context.Request.Terminal();
        if (context.Request.Invocation.Options.Json)
        {
            console.Profile.Out.Writer.Write(ContextJson.Render(answer));
        }
        else
        {
            new ContextReport(answer).Draw(console);
        }
    }
}
