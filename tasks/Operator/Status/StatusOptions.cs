using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;

namespace Outsource.Operator.Status;

/// <summary>The options of Status.</summary>
public static class StatusOptions
{
    private const int Least = 5,
        Most = 3600,
        Usual = 30;

    /// <summary>Time between refreshes.</summary>
    /// <exception cref="UsageException">The options contradict each other, or the number is not valid.</exception>
    public static TimeSpan Interval(Invocation invocation)
    {
        if (invocation.Options.Json && invocation.Options.Watch)
        {
            throw new UsageException(
                "--json prints one document and ends, --watch continues: pass only one of them. To follow a workflow in a program, repeat "
                    + "--json."
            );
        }

        if (invocation.Options.Html is { } page && !invocation.Options.Watch)
        {
            throw new UsageException($"--html={page} needs --watch: add it. --target=Report makes the page once.");
        }

        if (invocation.Options.Interval is not { } text)
        {
            return TimeSpan.FromSeconds(Usual);
        }

        if (!invocation.Options.Watch)
        {
            throw new UsageException($"--interval={text} needs --watch: add it, or leave --interval out.");
        }

        // A busy schedd must not be asked all the time.
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= Least and <= Most
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--interval={text} is not a valid time: it must be whole seconds from {Least} to {Most}.");
    }
}
