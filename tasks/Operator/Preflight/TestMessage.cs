using Outsource.Foundation.Errors;
using Outsource.Model.Notices;
using Outsource.Services.Notices;

namespace Outsource.Operator.Preflight;

/// <summary>Sends a test message to each receiver, and says what became of it.</summary>
internal static class TestMessage
{
    /// <exception cref="UsageException">There is no receiver.</exception>
    public static void Send(OutsourceContext context)
    {
        var desk = new NoticeDesk(context);
        if (desk.Settings.IsNone)
        {
            throw new UsageException(
                "--test-message: nobody gets messages. Write notification_email or webhook_file into [Outsource], or set "
                    + "$OUTSOURCE_WEBHOOK_URL."
            );
        }

        var host = context.Request.Host;
        var names = string.Join(", ", NoticeSenders.Of(host, desk.Settings).Select(s => s.Name));
        var sent = desk.Send(
            new Notice(NoticeKind.Test, $"A test message of {host.User} on {host.HostName}: messages of Outsource arrive here.")
        );
        context.Messages.Result(
            sent
                ? $"Preflight: test messages are sent ({names}); a warning names each that was not."
                : "Preflight: no test message was sent."
        );
    }
}
