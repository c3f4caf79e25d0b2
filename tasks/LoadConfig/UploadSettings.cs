using Outsource.Services.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Whether jobs put their results where others find them.</summary>
internal enum Uploads
{
    Nothing,
    Results,
}

/// <summary>Reads whether results are uploaded and registered, and refuses what must not be uploaded.</summary>
/// <param name="values">Reads values, and collects errors.</param>
/// <param name="plan">Its default counts: plans by type upload, plans by level do not.</param>
internal sealed class UploadSettings(ValueReader values, PlanKind plan)
{
    /// <summary>Whether results are uploaded.</summary>
    public bool ToRucio(Setting setting) => Read(setting);

    /// <summary>Whether uploads are entered into the run database.</summary>
    public bool IntoRunDb(Setting setting)
    {
        var (upload, update) = (Wanted(SettingCatalog.ByName["rucio_upload"]), Wanted(setting));
        if (update && !upload)
        {
            if (IsSet(setting) && !Debugs)
            {
                values.Wrong(
                    "rundb_update without rucio_upload: the run database would name data that is not in Rucio. Add rucio_upload, or "
                        + "leave rundb_update out.",
                    values.LineOf(setting.Name)
                );
            }

            return false;
        }

        return Read(setting);
    }

    /// <summary>Refuses what must not be uploaded; all at once.</summary>
    public void Check(OutsourceSettings read)
    {
        if (!read.RucioUpload || read.Canary)
        {
            return;
        }

        if (read.ByLevel && read.IgnoreProcessed)
        {
            var option = read.Origins.GetValueOrDefault("ignore_processed", "").Replace("argument ", "", StringComparison.Ordinal);
            values.Wrong(
                $"{(option.Length == 0 ? "--ignore-processed" : option)} and rucio_upload exclude each other: data that is in Rucio "
                    + "already would be made again under the same name. Leave one of them out."
            );
        }

        if (read.Saltax)
        {
            values.Wrong("saltax and rucio_upload exclude each other: simulated data is not uploaded. Leave one of them out.");
        }

        if (read.XedocsVersion == ContextRequest.Online && !read.AcceptOnlineCorrections)
        {
            values.Wrong(
                $"xedocs_version is {ContextRequest.Online}: these corrections change under the same hash, so their results must not be "
                    + "uploaded. Set a fixed version, such as global_v14, pass --debug, which uploads nothing, or upload them anyway with "
                    + "--accept-online-corrections.",
                values.LineOf("xedocs_version")
            );
        }
    }

    /// <summary>Whether the plan uploads, for checks of other settings.</summary>
    public Uploads Kind => Read(SettingCatalog.ByName["rucio_upload"]) ? Uploads.Results : Uploads.Nothing;

    private bool Debugs => values.Read(SettingCatalog.ByName["debug"]) is true;

    private bool IsSet(Setting setting) => values.Origins.GetValueOrDefault(setting.Name, "default") != "default";

    private bool Wanted(Setting setting)
    {
        var read = (bool)values.Read(setting)!;
        return IsSet(setting) ? read : plan == PlanKind.ByType;
    }

    private bool Read(Setting setting)
    {
        var wanted = Wanted(setting);
        var note = $"{setting.Name} is off, because --debug uploads and registers nothing.";
        if (wanted && Debugs && IsSet(setting) && !values.Notes.Contains(note))
        {
            values.Notes.Add(note);
        }

        return wanted && !Debugs;
    }
}
