using System.Runtime.CompilerServices;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Http;

/// <summary>Warns where secrets go over plain http to another machine.</summary>
internal static class PlainHttp
{
    /// <summary>Several clients of a service are made in a run of the program: it is told once.</summary>
    private static readonly ConditionalWeakTable<IOperatorLog, HashSet<string>> Told = [];

    /// <summary>Warns, once for each address, unless it is https or this very machine.</summary>
    /// <param name="messages">Words for the operator, or null: nobody listens.</param>
    /// <param name="service">Its name.</param>
    /// <param name="address">Its address.</param>
    /// <param name="key">Where the address is mended.</param>
    /// <param name="secrets">What goes there.</param>
    public static void Warn(IOperatorLog? messages, string service, Uri address, string key, string secrets)
    {
        if (messages is null || address.Scheme != "http" || address.IsLoopback)
        {
            return;
        }

        var told = Told.GetOrCreateValue(messages);
        lock (told)
        {
            if (!told.Add($"{service} {address.Authority}"))
            {
                return;
            }
        }

        messages.Warn(
            $"{service} is asked over plain http at {address.Authority}: {secrets} can be read by anybody on the way. Write https:// "
                + $"into {key}, if it speaks that."
        );
    }
}
