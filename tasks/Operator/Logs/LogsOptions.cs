using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;

namespace Outsource.Operator.Logs;

/// <summary>The options of Logs.</summary>
/// <param name="Job">The job's name, or a part of it.</param>
/// <param name="Lines">How many of the last lines.</param>
/// <param name="Try">Number of the try; null: the newest.</param>
/// <param name="Follow">Whether it goes on until the job ends.</param>
public sealed record LogsOptions(string Job, int Lines, int? Try, bool Follow)
{
    private const int Usual = 200,
        MostLines = 10_000,
        MostTries = 999_999;

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">One is missing or wrong, or two contradict each other.</exception>
    public static LogsOptions Read(CommandOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Job is not { } job)
        {
            throw new UsageException(
                "Logs shows the output of one job and needs --job=NAME: a job's name or a part of it, as Analyze shows it."
            );
        }

        if (options is { Follow: true, Try: { } one })
        {
            throw new UsageException(
                $"--follow shows the running try, --try={one} one that has ended: pass only one of them."
            );
        }

        return new LogsOptions(
            job,
            options.Lines is { } lines ? Number("lines", lines, 1, MostLines) : Usual,
            options.Try is { } number ? Number("try", number, 0, MostTries) : null,
            options.Follow
        );
    }

    private static int Number(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"--{option}={text} is not a valid number: whole numbers from {least} to {most} are allowed.");
}
