using System.Globalization;
using Cake.Core.Diagnostics;

namespace Outsource.Build.Hosting;

/// <summary>
/// Cake's log with our messages. Cake's own messages about a failure are recorded but not shown: the host reports it once, at the end.
/// </summary>
/// <param name="screen">Where it is shown.</param>
/// <param name="outcome">Where a failure is recorded.</param>
public sealed class OperatorLog(Screen screen, CommandOutcome outcome) : ICakeLog
{
    /// <summary>
    /// Whether the operator only asks Cake for information (<c>--dryrun</c>): then its output is the result, at every level.
    /// </summary>
    public bool OnlyLooks { get; init; }

    public Verbosity Verbosity
    {
        get => screen.Level;
        set => screen.Level = value;
    }

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(format);
        var text = args is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, format, args) : format;
        if (level <= LogLevel.Error && IsEngines(format))
        {
            if (format.StartsWith("Error: ", StringComparison.Ordinal))
            {
                outcome.FailedSaying(text["Error: ".Length..]);
            }
        }
        else if (level <= LogLevel.Error)
        {
            screen.Error(text);
        }
        else if (verbosity > Verbosity && !(OnlyLooks && verbosity <= Cake.Core.Diagnostics.Verbosity.Normal))
        {
            return;
        }
        else if (level == LogLevel.Warning)
        {
            screen.Warn(text);
        }
        else
        {
            screen.Say(text);
        }
    }

    /// <summary>Cake's messages about an exception that ends the run.</summary>
    private static bool IsEngines(string format) =>
        format is "Error: {0}" or "\t{0}" || format.StartsWith("An error occurred", StringComparison.Ordinal);
}
