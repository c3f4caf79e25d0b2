using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Build.Hosting;

/// <summary>Makes one message and one exit code from the failure of a run.</summary>
public static class FailureReport
{
    /// <summary>Writes the message and returns the exit code.</summary>
    /// <param name="outcome">What is known of the failure.</param>
    /// <param name="screen">Where to write.</param>
    /// <param name="interruption">Cancelled if the operator stops the run.</param>
    public static int Write(CommandOutcome outcome, Screen screen, CancellationToken interruption)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(screen);
        var failure = Unwrap(outcome.Failure);
        var cancelled = interruption.IsCancellationRequested;
        if (failure is DifferenceException answer)
        {
            // An answer to the question, not an error.
            screen.ErrorDetail(answer.Message);
            return Code(failure, cancelled);
        }

        if (failure is NothingToDoException nothing && outcome.NothingIsFine)
        {
            screen.Result(nothing.Message);
            return ExitCodes.Done;
        }

        foreach (var line in Lines(failure, outcome, cancelled))
        {
            screen.Error(line);
        }

        if (failure is not null && screen.Level == Verbosity.Diagnostic)
        {
            screen.ErrorDetail(failure.ToString());
        }

        return Code(failure, cancelled);
    }

    /// <summary>The exit code for a failure, 1 to 125.</summary>
    /// <param name="failure">What was thrown, or null.</param>
    /// <param name="interruption">Cancelled if the operator stops the run.</param>
    public static int CodeOf(Exception? failure, CancellationToken interruption = default) =>
        Code(failure, interruption.IsCancellationRequested);

    /// <summary>What ended the run, in a line for a log; null: nothing did.</summary>
    internal static (string? Message, bool NothingToDo) MessageOf(CommandOutcome outcome, CancellationToken interruption)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var failure = Unwrap(outcome.Failure);
        return failure is null && outcome.Said is null
            ? (null, false)
            : (string.Join(" ", Lines(failure, outcome, interruption.IsCancellationRequested)), failure is NothingToDoException);
    }

    private static int Code(Exception? failure, bool cancelled) =>
        Unwrap(failure) switch
        {
            OutsourceException known => known.ExitCode,
            OperationCanceledException when cancelled => ExitCodes.Cancelled,
            CakeException tool => ExitCodes.OfTool(tool.ExitCode),
            _ => ExitCodes.Failed,
        };

    private static IEnumerable<string> Lines(Exception? failure, CommandOutcome outcome, bool cancelled) =>
        failure switch
        {
            UsageException usage => usage.Faults.Select(fault => fault.ToString()),
            OutsourceException or CakeException => [failure.Message],
            OperationCanceledException when cancelled => [outcome.Stopped],
            _ when DiskFault.Sentence(failure) is { } sentence => [sentence],
            not null =>
            [
                $"{failure.Message.TrimEnd('.')} ({failure.GetType().Name}). This is an unexpected error; run again with "
                    + "--verbosity=diagnostic for the details.",
            ],
            null => [outcome.Said ?? "the run failed without a reason. Run again with --verbosity=diagnostic."],
        };

    /// <summary>Cake and the runtime wrap a task's exception; the cause is inside.</summary>
    private static Exception? Unwrap(Exception? failure) =>
        failure switch
        {
            CakeReportException { InnerException: { } inner } => Unwrap(inner),
            TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
            AggregateException many when many.Flatten().InnerExceptions is { Count: > 0 } all => Unwrap(
                all.FirstOrDefault(one => one is OutsourceException) ?? all[0]
            ),
            _ => failure,
        };
}
