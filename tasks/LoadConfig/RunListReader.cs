using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>The runs named by <c>--run</c> or <c>--runlist</c>.</summary>
internal static class RunListReader
{
    private const int MostFaults = 20;

    /// <summary>The runs, ascending, each once; null if neither option is given.</summary>
    public static ImmutableArray<int>? Read(HostEnvironment host, Invocation invocation, ValueReader values)
    {
        var typed = invocation.Options.Run;
        var listed = invocation.Options.RunList;
        values.Origins["run"] =
            listed is not null ? "argument --runlist"
            : typed.IsEmpty ? "default"
            : "argument --run";
        if (listed is not null && !typed.IsEmpty)
        {
            values.Wrong("--run and --runlist exclude each other: give one.");
            return null;
        }

        if (listed is not null)
        {
            return OfFile(host, host.Absolute(listed), values);
        }

        return typed.IsEmpty ? null : Sorted([.. typed.SelectMany(text => Numbers(text, values))], "--run", values);
    }

    /// <summary>The runs of one value: a number, or a range.</summary>
    private static IReadOnlyList<int> Numbers(string text, ValueReader values)
    {
        if (RunNumbers.Parse(text) is { } runs)
        {
            return runs;
        }

        values.Wrong(
            $"--run={text} is not a run number: expected a whole number from 1 to {int.MaxValue}, such as --run=7157, or a range of at "
                + $"most {RunNumbers.MostOfARange:N0} runs, such as --run=7157-7160."
                + (TimeBound.Parse(text) is null ? "" : $" For the runs of a date write --since={text} --until={text}.")
        );
        return [];
    }

    /// <summary>A run number given as an option, or null if there is none or it is wrong.</summary>
    public static int? Number(string option, string? text, ValueReader values)
    {
        if (text is null)
        {
            return null;
        }

        if (Parse(text) is { } number)
        {
            return number;
        }

        values.Wrong(
            $"--{option}={text} is not a run number: expected a whole number from 1 to {int.MaxValue}, such as --{option}=7157."
                + (TimeBound.Parse(text) is null ? "" : $" For a date write --{(option == "from" ? "since" : "until")}={text}.")
                + (RunNumbers.Parse(text) is null ? "" : $" For a range write --run={text}.")
        );
        return null;
    }

    private static int? Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static ImmutableArray<int>? OfFile(HostEnvironment host, string path, ValueReader values)
    {
        if (path.EndsWith(".pkl", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".pickle", StringComparison.OrdinalIgnoreCase))
        {
            values.Faults.Add(
                new Fault(
                    "a pickle is a program that runs when it is read, so it is not read. Write the runs into a text file, one number per "
                        + "line, or into a .npy file.",
                    path
                )
            );
            return null;
        }

        try
        {
            return path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)
                ? OfNumpy(BoundedText.ReadBytes(host.Disk, path), path, values)
                : OfText(BoundedText.ReadAll(host.Disk, path), path, values);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            values.Faults.Add(new Fault($"the run list cannot be read: {DiskFault.Why(error, path)}. Correct --runlist.", path));
            return null;
        }
    }

    private static ImmutableArray<int>? OfNumpy(byte[] file, string path, ValueReader values)
    {
        try
        {
            var numbers = NumpyRuns.Read(file);
            var wrong = numbers.Where(n => n is <= 0 or > int.MaxValue).ToList();
            foreach (var number in wrong.Take(MostFaults))
            {
                values.Faults.Add(
                    new Fault(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{number} is not a run number: a run list has whole numbers from 1 to {int.MaxValue}."
                        ),
                        path
                    )
                );
            }

            if (numbers.Count == 0)
            {
                values.Faults.Add(NoRuns(path));
            }

            return Sorted([.. numbers.Where(n => n is > 0 and <= int.MaxValue).Select(n => (int)n)], path, values);
        }
        catch (FormatException error)
        {
            values.Faults.Add(
                new Fault(
                    $"the run list cannot be read: {error.Message}. Save a one-dimensional array of whole numbers with numpy.save, or "
                        + "write a text file with one number per line.",
                    path
                )
            );
            return null;
        }
    }

    private static Fault NoRuns(string path) =>
        new("the run list contains no runs. Write one number per line, or leave --runlist out to consider all runs.", path);

    private static ImmutableArray<int> OfText(string text, string path, ValueReader values)
    {
        var runs = new List<int>();
        var faults = 0;
        var number = 0;
        foreach (var line in PythonText.Lines(text))
        {
            number++;
            var comment = line.IndexOf('#', StringComparison.Ordinal);
            var word = (comment < 0 ? line : line[..comment]).Trim();
            if (word.Length == 0)
            {
                continue;
            }

            if (Parse(word) is { } run)
            {
                runs.Add(run);
            }
            else if (++faults <= MostFaults)
            {
                var shown = new string([.. word.Take(40).Select(c => char.IsControl(c) || c == '\uFFFD' ? '?' : c)]);
                values.Faults.Add(
                    new Fault(
                        $"'{shown}' is not a run number: a run list has one whole number per line, from 1 to {int.MaxValue}.",
                        path,
                        number
                    )
                );
            }
        }

        if (faults > MostFaults)
        {
            values.Faults.Add(new Fault($"{faults - MostFaults} more lines are not run numbers.", path));
        }

        if (faults == 0 && runs.Count == 0)
        {
            values.Faults.Add(NoRuns(path));
        }

        return Sorted(runs, path, values);
    }

    private static ImmutableArray<int> Sorted(List<int> runs, string source, ValueReader values)
    {
        var twice = runs.GroupBy(r => r).Where(g => g.Count() > 1).Select(g => g.Key).Order().ToList();
        if (twice.Count > 0)
        {
            values.Notes.Add(
                $"{source} contains {(twice.Count == 1 ? "a run" : Counted.Of(twice.Count, "run"))} more than once: "
                    + $"{string.Join(", ", twice.Take(10))}{(twice.Count > 10 ? ", …" : "")}. Each is used once."
            );
        }

        return [.. runs.Distinct().Order()];
    }
}
