using System.Collections.Immutable;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Notices;

/// <summary>The ways to the operator that are configured.</summary>
public static class NoticeSenders
{
    /// <summary>They; none if none is configured.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="settings">Who gets messages.</param>
    public static ImmutableArray<INoticeSender> Of(HostEnvironment host, NoticeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. settings.Webhook is { } address
                ? new INoticeSender[] { new WebhookSender(address, settings.Form, new EnvironmentProxy(host)) }
                : [],
            .. settings.Mail is { } receiver
                ? new INoticeSender[]
                {
                    new MailSender(receiver, (settings.MailServer, settings.MailPort), $"{host.User}@{host.HostName}"),
                }
                : [],
        ];
    }
}
