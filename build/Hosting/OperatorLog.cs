using System.Globalization;
using Cake.Core.Diagnostics;

namespace Outsource.Build.Hosting;

/// <summary>
/// The engine's log, in our voice. What the engine says of a failure is noted and not shown: the host says it once, at the end.
/// </summary>
/// <param name="screen">Where it is shown.</param>
/// <param name="outcome">Where a failure is noted.</param>
public sealed class OperatorLog(Screen screen, CommandOutcome outcome) : ICakeLog
{
    /// <summary>Whether the operator only asks the engine to tell something (<c>--dryrun</c>): its words are the result then, at every
    /// level.</summary>
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

    /// <summary>The sentences with which the engine accompanies an exception that ends the run.</summary>
    private static bool IsEngines(string format) =>
        format is "Error: {0}" or "\t{0}" || format.StartsWith("An error occurred", StringComparison.Ordinal);
}
