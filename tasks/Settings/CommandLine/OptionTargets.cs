using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>Refuses an option that the target does not know: the option may restrict the command, or the operator may rely on it.</summary>
public static class OptionTargets
{
    /// <summary>The options that Explain takes even if it reads an existing plan.</summary>
    private static readonly string[] OfPlans = ["name", "run", "config", "demo", "json", "fresh"];

    /// <summary>
    /// The targets whose options are declared. Other tasks, for example added ones, may have options that are not ours to refuse.
    /// </summary>
    private static readonly HashSet<string> Declared = [.. OptionCatalog.Ours.SelectMany(o => o.Targets).Select(t => t.ToString())];

    /// <exception cref="UsageException">An option is given that the target does not know; all of them together.</exception>
    public static void Check(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        if (invocation.OnlyLooks)
        {
            return;
        }

        var faults = OptionCatalog
            .Ours.Concat(OptionCatalog.Cakes.Where(o => o.Name == "exclusive"))
            .Where(o => o.Name == "exclusive" ? invocation.Exclusive && Declared.Contains(invocation.Task) : invocation.Has(o))
            .Select(o => ErrorIn(o, invocation))
            .OfType<string>()
            .Select(text => new Fault(text))
            .Concat(Assignments.Faults(invocation))
            .ToList();
        if (faults.Count > 0)
        {
            throw new UsageException(faults);
        }

        if (invocation.Options is { FailIfShrunk: true, Previous: null })
        {
            throw new UsageException("--fail-if-shrunk compares with the plan of --previous=FOLDER: pass it. Nothing was run.");
        }
    }

    private static string? ErrorIn(Option option, Invocation invocation)
    {
        if (!option.IsKnownTo(invocation.Target))
        {
            return $"--{option.Name} is not an option of {invocation.Task}; it is an option of {string.Join(", ", option.Targets)}."
                + $"{Instead(option, invocation)} Nothing was run.";
        }

        var (fresh, named) = (invocation.Options.Fresh, invocation.Options.Name is not null);
        return invocation.Target is Target.Explain && !OfPlans.Contains(option.Name) && (!fresh || named)
            ? $"--{option.Name}: Explain reads the settings of {(named ? "the plan that --name selects" : "an existing plan")}. "
                + "Leave it out, or use --fresh without --name to ask again with these arguments. Nothing was run."
            : null;
    }

    /// <summary>What was probably meant.</summary>
    private static string Instead(Option option, Invocation invocation)
    {
        bool Knows(string name) => OptionCatalog.ByName[name].IsKnownTo(invocation.Target);
        string Typed() => string.Join(',', invocation.Values(option));
        return option.Name switch
        {
            "exclusive" when invocation.Target is Target.Submit =>
                " Submit runs all stages; the last one alone is --target=PegasusRun --exclusive.",
            "only" when Knows("run") => $" For {invocation.Task} write --run={Typed()}.",
            "run" when Knows("only") => $" For {invocation.Task} write --only={Typed()}.",
            "exclude-site" when Knows("context") => $" Write 'exclude_sites = {Typed()}' into [Outsource], or pass --set "
                + $"exclude_sites={Typed()} for this call; either replaces the whole list.",
            "types" when Knows("set") => $" dtypes is a key of the configuration: pass --set dtypes={Typed()} for this call.",
            _ => "",
        };
    }
}
