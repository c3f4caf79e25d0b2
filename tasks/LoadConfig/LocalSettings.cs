using System.Collections.Immutable;
using Outsource.Engines.Local;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.LoadConfig;

/// <summary>Checks the options of jobs that run on this machine.</summary>
/// <param name="values">Collects errors.</param>
internal sealed class LocalSettings(ValueReader values)
{
    private static readonly ImmutableArray<Option> Options =
    [
        .. new[] { "slots", "local_memory", "local_container", "local_fault" }.Select(name => SettingCatalog.ByName[name].Option!),
    ];

    public void Check(OutsourceSettings read, Invocation invocation)
    {
        foreach (var option in Options.Where(invocation.Has))
        {
            if (read.Engine != EngineKind.Local)
            {
                values.Wrong($"--{option.Name} needs --engine=local: add it, or leave --{option.Name} out.");
            }
        }

        foreach (var fault in read.LocalFault)
        {
            try
            {
                _ = LocalFault.Parse(fault);
            }
            catch (UsageException wrong)
            {
                values.Wrong(wrong.Message);
            }
        }
    }
}
