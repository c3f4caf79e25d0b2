using System.Runtime.CompilerServices;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Http;

/// <summary>Warns where secrets go over plain http to another machine.</summary>
internal static class PlainHttp
{
    /// <summary>What has been warned of: several clients of a service are made in a run of the program.</summary>
    private static readonly ConditionalWeakTable<IOperatorLog, HashSet<string>> Warned = [];

    /// <summary>Warns, once for each address, unless it is https or this very machine.</summary>
    /// <param name="messages">Messages for the operator, or null.</param>
    /// <param name="service">Its name.</param>
    /// <param name="address">Its address.</param>
    /// <param name="key">Where the operator corrects the address.</param>
    /// <param name="secrets">What is sent there.</param>
    public static void Warn(IOperatorLog? messages, string service, Uri address, string key, string secrets)
    {
        if (messages is null || address.Scheme != "http" || address.IsLoopback)
        {
            return;
        }

        var warned = Warned.GetOrCreateValue(messages);
        lock (warned)
        {
            if (!warned.Add($"{service} {address.Authority}"))
            {
                return;
            }
        }

        messages.Warn(
            $"{service} is asked over plain http at {address.Authority}: anyone on the way can read {secrets}. Write https:// into "
                + $"{key}, if it speaks https."
        );
    }
}
