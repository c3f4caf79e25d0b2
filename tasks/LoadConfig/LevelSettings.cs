using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Reads the settings of plans by level for which the declaration is not enough.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="values">Reads values, and collects errors.</param>
internal sealed partial class LevelSettings(HostEnvironment host, ValueReader values)
{
    private LevelTable? _table;
    private bool _tableIsRead;

    /// <summary>The types that are asked for, each of which a detector lists.</summary>
    public object Types(Setting setting, string? detector)
    {
        var types = (ImmutableArray<string>)values.Read(setting)!;
        if (values.InFile(setting.Name) is not { } written || Table() is not { } table)
        {
            return types;
        }

        foreach (var type in types.Where(t => !table.Detectors.Any(d => d.Possible.Contains(Bare(t)))))
        {
            var known = table.Detectors.SelectMany(d => d.Possible);
            values.Wrong(
                $"unknown data type '{UntrustedText.Brief(type)}' in include_data_types{NearestName.Hint(Bare(type), known)}: allowed are "
                    + $"{string.Join("; ", table.Detectors.Select(d => $"{string.Join(", ", d.Possible)} ({d.Name})"))} "
                    + $"({LevelTable.FileName}).{ValueReader.CommentHint(type)}",
                written.Line
            );
        }

        var own = table.Detectors.FirstOrDefault(d => d.Name == detector);
        if (own is not null && !types.IsEmpty && !types.Any(t => own.Possible.Contains(Bare(t))))
        {
            values.Warnings.Add(
                $"none of the requested data types ({string.Join(", ", types)}) belongs to detector '{detector}': there is nothing to do."
            );
        }

        return types;
    }

    /// <summary>Country codes, as GLIDEIN_Country has them.</summary>
    public object Countries(Setting setting)
    {
        var countries = (ImmutableArray<string>)values.Read(setting)!;
        foreach (var wrong in countries.Where(c => !Country().IsMatch(c)))
        {
            values.Wrong(
                $"'{wrong}' in eu_only_countries is not a country code: expected two capital letters, such as "
                    + $"NL.{ValueReader.CommentHint(wrong)}",
                values.LineOf(setting.Name)
            );
        }

        return countries;
    }

    /// <summary>Slurm's list of nodes.</summary>
    public object? Nodes(Setting setting)
    {
        var nodes = values.Text(setting, out var line);
        if (nodes is not null && !NodeList().IsMatch(nodes))
        {
            values.Wrong(
                $"rcc_exclude_nodes is '{nodes}', which is not a list of nodes: allowed are letters, digits, ',', '-', '[' and ']', such "
                    + $"as {setting.Key!.Sample}.{ValueReader.CommentHint(nodes)}",
                line
            );
        }

        return nodes;
    }

    /// <summary>Packages that are installed in the jobs; cutax must be among them if the key is given.</summary>
    public object Packages(Setting setting)
    {
        var packages = (ImmutableArray<string>)values.Read(setting)!;
        if (values.InFile(setting.Name) is { } written && !packages.Contains("cutax"))
        {
            values.Wrong("user_install_package lacks cutax, which every job needs. Add cutax, or remove the key.", written.Line);
        }

        return packages;
    }

    /// <summary>The local folders of data, where jobs and plan read nothing else: those of the key, or else of the table.</summary>
    public object Folders(Setting setting)
    {
        var written = (ImmutableArray<string>)values.Read(setting)!;
        if (values.Read(SettingCatalog.ByName["no_remote"]) is not true)
        {
            if (!written.IsEmpty)
            {
                values.Warnings.Add("local_data has no effect: jobs read from Rucio. Write no_remote = True for local data only.");
            }

            return ImmutableArray<string>.Empty;
        }

        var relative = written.FirstOrDefault(f => !f.StartsWith('/') && f != "~" && !f.StartsWith("~/", StringComparison.Ordinal));
        if (relative is not null)
        {
            values.Wrong(
                $"local_data has '{UntrustedText.Brief(relative)}', but must have absolute paths: begin them with '/'."
                    + ValueReader.CommentHint(relative),
                values.LineOf(setting.Name)
            );
            return ImmutableArray<string>.Empty;
        }

        return written.IsEmpty ? Table()?.LocalData ?? [] : [.. written.Select(f => host.Absolute(f)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Work trees by package.</summary>
    public object Paths(Setting setting)
    {
        var paths = NamedPaths.None;
        foreach (var (name, value) in values.PerType(setting))
        {
            if (!SettingChecks.PlainName().IsMatch(name))
            {
                values.Wrong($"{UntrustedText.Brief(value.Key)}: '{UntrustedText.Brief(name)}' is not the name of a package.", value.Line);
            }
            else if (values.AbsolutePath(value) is { } path)
            {
                paths = paths.With(name, host.Absolute(path));
            }
        }

        return paths;
    }

    /// <summary>Checks what only the settings together can violate.</summary>
    public void Check(OutsourceSettings read)
    {
        if (read.MaxNum is not null && values.InFile("max_daily") is { } daily)
        {
            var number = values.InFile("max_num")!;
            values.Wrong(
                $"max_num{Line(number)} and max_daily{Line(daily)} both limit the number of runs: max_num draws them at random, max_daily "
                    + "keeps the newest. Remove one of them.",
                number.Line
            );
        }

        if (!read.ByLevel)
        {
            CheckPlaces(read);
            return;
        }

        CheckMemory(read);
        CheckLocalData(read);
        if (read is { Saltax: true, SimulationConfig: null })
        {
            values.Wrong(
                "saltax is on, but simulation_config is missing. Write 'simulation_config = FILE' into [Outsource].",
                values.LineOf("saltax")
            );
        }

        if (read.Saltax && read.Context != SaltaxContext)
        {
            values.Wrong($"saltax needs the context {SaltaxContext}, not '{read.Context}'. Pass --context={SaltaxContext}.");
        }
    }

    /// <summary>Places that exclude each other: in plans by type us_only holds for every job.</summary>
    private void CheckPlaces(OutsourceSettings read)
    {
        var key = read.SiteOnly ? "site_only" : "eu_only";
        if (read.UsOnly && (read.SiteOnly || read.EuOnly))
        {
            values.Wrong(
                $"us_only and {key} exclude each other in plans by type, where us_only holds for every job. Remove one of them.",
                values.LineOf(key)
            );
        }
    }

    private const string SaltaxContext = "xenonnt_offline";

    /// <summary>Where data is read from local folders only, the jobs must run where these are, and one must be there.</summary>
    private void CheckLocalData(OutsourceSettings read)
    {
        if (!read.NoRemote)
        {
            return;
        }

        if (read.Engine == EngineKind.Pegasus)
        {
            values.Wrong(
                "no_remote is on, but jobs of engine pegasus run on the grid, where the folders of this machine are not. Pass "
                    + "--engine=slurm or --engine=local, or remove no_remote.",
                values.LineOf("no_remote")
            );
        }

        var missing = read.LocalData.Where(f => !host.Disk.Directory.Exists(f)).ToList();
        if (missing.Count == read.LocalData.Length)
        {
            values.Wrong(
                missing.Count == 0
                    ? "no_remote is on, but no folder of data is known. Write 'local_data = FOLDER' into [Outsource]."
                    : $"no_remote is on, but none of the local folders exists here: {string.Join(", ", missing)}. Write "
                        + "'local_data = FOLDER' with your own into [Outsource].",
                values.LineOf(values.InFile("local_data") is null ? "no_remote" : "local_data")
            );
        }
        else if (missing.Count > 0 && values.InFile("local_data") is { } named)
        {
            values.Warn($"local_data has {string.Join(", ", missing)}, which does not exist here: it is left out.", named.Line);
        }
    }

    /// <summary>Amounts of the configuration that no run could satisfy: one error, not one for each run.</summary>
    private void CheckMemory(OutsourceSettings read)
    {
        if (Table() is not { Factors: var factors })
        {
            return;
        }

        var factor = (decimal)(read.Saltax ? factors.SaltaxMemory : factors.Memory);
        var above = new[]
            {
                ("lower_memory", (decimal?)read.LowerMemory),
                ("combine_memory", read.CombineMemory),
                ("upper_memory", (decimal?)read.UpperMemory),
            }
            .Where(m => m.Item2 * factor > read.MaxMemory)
            .Select(m => (Key: m.Item1, Value: m.Item2!.Value, Written: values.InFile(m.Item1)))
            .ToList();
        if (above.Count == 0)
        {
            return;
        }

        var limit = values.InFile("max_memory");
        values.Wrong(
            string.Join(
                ", and ",
                above.Select(m => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{m.Key} = {m.Value}{Line(m.Written)}, times {factor:0.##} for safety, is {m.Value * factor:0.##} MB"
                ))
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $": more than max_memory = {read.MaxMemory}{(limit is null ? " (the default)" : Line(limit))}, so no run could be "
                )
                + "planned. Lower the one, or raise the other.",
            above[0].Written?.Line
        );
    }

    private static string Line(ConfigValue? value) =>
        value is null or { Line: 0 } ? "" : $" (line {value.Line.ToString(CultureInfo.InvariantCulture)})";

    private static string Bare(string type) => type.StartsWith('+') ? type[1..] : type;

    /// <summary>The table of levels; null: it is not valid, which is reported once.</summary>
    private LevelTable? Table()
    {
        if (_tableIsRead)
        {
            return _table;
        }

        _tableIsRead = true;
        try
        {
            return _table = new LevelTableReader(host.Disk).Read(
                Path.Combine(host.DataFolder, "tables"),
                values.FilePath(SettingCatalog.ByName["tables_folder"], out _)
            );
        }
        catch (UsageException error)
        {
            values.Faults.AddRange(error.Faults);
            return null;
        }
    }

    [GeneratedRegex(@"^[A-Z]{2}\z")]
    private static partial Regex Country();

    [GeneratedRegex(@"^[A-Za-z0-9,\[\]-]+\z")]
    private static partial Regex NodeList();
}
