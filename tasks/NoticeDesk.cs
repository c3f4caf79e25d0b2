using Outsource.Foundation.Errors;
using Outsource.Model.Notices;
using Outsource.Services.Notices;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource;

/// <summary>
/// Tells the operator by mail and webhook what is new about a workflow. A receiver that refuses or hangs costs a warning and some seconds,
/// never the command.
/// </summary>
/// <param name="context">The run.</param>
public sealed class NoticeDesk(OutsourceContext context)
{
    private NoticeSettings? _settings;

    /// <summary>Who gets messages.</summary>
    /// <exception cref="UsageException">The configuration of messages is not valid.</exception>
    public NoticeSettings Settings => _settings ??= new NoticeSettingsReader(context.Request.Host).Read(context.Request.Invocation);

    /// <summary>Tells what is new since the last time.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="engine">What runs it.</param>
    /// <param name="look">Looks at it; gets what was told before.</param>
    /// <returns>How many messages were told.</returns>
    public int Tell(WorkflowOnDisk workflow, EngineKind engine, Func<NoticeMemory?, WorkflowSight> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        if (Settings.IsNone)
        {
            return 0;
        }

        var file = new NoticeFile(context.Disk, workflow);
        var before = file.Read();
        var wanted = Settings.On.Select(w => Enum.Parse<NoticeKind>(w, ignoreCase: true)).ToHashSet();
        var (notices, memory) = NoticeRules.Of(look(before), before, wanted);
        var told = notices.Count(n => Send(n, engine));
        if (told == notices.Length && memory != before)
        {
            // What nobody took is told again by the next look.
            file.Write(memory);
        }

        return told;
    }

    /// <summary>The same for the end of a stage: nothing that is wrong with messages ends the command.</summary>
    public void TellIfPossible(string name, EngineKind engine, Func<NoticeMemory?, WorkflowSight> look)
    {
        try
        {
            var workDir = new ConfiguredPlaces(context.Request.Host).WorkDir(context.Request.Invocation);
            _ = Tell(WorkflowOnDisk.Read(context.Disk, workDir, name), engine, look);
        }
        catch (Exception error) when (error is OutsourceException or IOException or UnauthorizedAccessException)
        {
            context.Messages.Warn($"no message was sent: {error.Message}");
        }
    }

    /// <summary>Sends a message to all. Pegasus' own monitor sends mail at start and end, so that is left to it.</summary>
    /// <returns>Whether one of them took it, or it was for nobody.</returns>
    public bool Send(Notice notice, EngineKind? engine = null)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var left = engine == EngineKind.Pegasus && notice.Kind is (NoticeKind.Start or NoticeKind.End);
        var senders = NoticeSenders.Of(context.Request.Host, Settings).Where(s => !left || s is not MailSender).ToList();
        var taken = senders.Count == 0;
        foreach (var sender in senders)
        {
            using var waiting = context.Messages.Waiting(sender.Name);
            var fault = sender.SendAsync(notice, context.Cancellation).GetAwaiter().GetResult();
            if (fault is null)
            {
                taken = true;
                context.Messages.Detail($"sent by {sender.Name}: {notice.Text}");
            }
            else
            {
                context.Messages.Warn($"a message was not sent by {sender.Name}: {fault}.");
            }
        }

        return taken;
    }
}
