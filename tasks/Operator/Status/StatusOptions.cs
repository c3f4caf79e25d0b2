using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;

namespace Outsource.Operator.Status;

/// <summary>What Status is told.</summary>
public static class StatusOptions
{
    private const int Least = 5,
        Most = 3600,
        Usual = 30;

    /// <summary>Time from one look to the next.</summary>
    /// <exception cref="UsageException">The options contradict each other or the number is none.</exception>
    public static TimeSpan Interval(Invocation invocation)
    {
        if (invocation.Options.Json && invocation.Options.Watch)
        {
            throw new UsageException(
                "--json prints one document and ends, --watch goes on: drop one of them. To follow a workflow by program, ask with "
                    + "--json as often as you like."
            );
        }

        if (invocation.Options.Interval is not { } text)
        {
            return TimeSpan.FromSeconds(Usual);
        }

        if (!invocation.Options.Watch)
        {
            throw new UsageException($"--interval={text} has no meaning without --watch: add it, or drop --interval.");
        }

        // A schedd that serves many is not to be asked without pause.
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= Least and <= Most
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--interval={text} is no time to wait: whole seconds from {Least} to {Most} are allowed.");
    }
}
