using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Reconcile;

/// <summary>What this program does not do itself, as commands to copy: Rucio's own, and the one that makes data again.</summary>
/// <param name="settings">The settings.</param>
/// <param name="folder">The folder of the comparison. Absolute.</param>
/// <param name="config">The configuration as it was named; null: it was not.</param>
public sealed class RepairCommands(OutsourceSettings settings, string folder, string? config)
{
    /// <summary>The runs that are to be made again, one a line.</summary>
    public const string RunList = "make-again.txt";

    /// <summary>The command of a step; null: it has none of its own.</summary>
    public static string? Of(RepairStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (data, scope) = (step.Data, DataEntry.Scope + RunDocument.Padded(step.Data.Run));
        return step.Kind switch
        {
            // Files are registered only after they have arrived.
            RepairKind.UploadAgain when data.Folder is { } here => ShellText.Join([
                "rucio",
                "upload",
                "--register-after-upload",
                "--rse",
                step.Rse ?? "RSE",
                "--scope",
                scope,
                data.Did,
                here,
            ]),
            RepairKind.UploadAgain => null,
            RepairKind.AddRule => ShellText.Join(["rucio", "add-rule", data.Did, "1", step.Rse!]),
            RepairKind.LookAtRule => ShellText.Join(["rucio", "rule-info", step.Rule!]),
            RepairKind.LookAtFiles => ShellText.Join(["rucio", "list-file-replicas", "--all-states", data.Did]),
            RepairKind.RemoveEntry or RepairKind.Enter or RepairKind.MakeAgain => null,
        };
    }

    /// <summary>The runs to make again, as the file has them; empty: none.</summary>
    public static string Runs(IEnumerable<Finding> findings) =>
        string.Concat(
            Again(findings).Select(s => s.Data.Run).Distinct().Order().Select(r => FormattableString.Invariant($"{r}\n"))
        );

    /// <summary>The command that makes again what is to be made; null: nothing is.</summary>
    public string? Submit(IEnumerable<Finding> findings)
    {
        var types = Again(findings).Select(s => s.Data.Asked).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var key = settings.Plan == PlanKind.ByLevel ? "include_data_types" : "dtypes";
        return types.Count == 0
            ? null
            : ShellText.Join([
                ProgramCommand.Program,
                "--target=Submit",
                $"--runlist={Path.Combine(folder, RunList)}",
                "--set",
                $"{key}={string.Join(',', types)}",
                $"--context={settings.Context}",
                $"--image={settings.Image.Path}",
                .. config is null ? Array.Empty<string>() : [$"--config={config}"],
            ]);
    }

    private static IEnumerable<RepairStep> Again(IEnumerable<Finding> findings) =>
        findings.SelectMany(f => f.Steps).Where(s => s.Kind == RepairKind.MakeAgain);
}
