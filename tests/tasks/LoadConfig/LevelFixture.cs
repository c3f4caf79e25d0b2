using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary>A configuration of today, in which everything is in order; a test changes one thing. No context is looked up.</summary>
internal sealed class LevelFixture
{
    public LoaderFixture Loader { get; } = new();

    public Dictionary<string, string?> Keys => Loader.Keys;

    public List<string> Warnings { get; private set; } = [];

    public List<string> Notes { get; private set; } = [];

    public LevelFixture()
    {
        Keys.Remove("dtypes");
        Keys.Remove("raw_records_rse");
        Keys["include_data_types"] = "peaklets, event_info_double";
        Keys["raw_records_rses"] = "UC_OSG_USERDISK";
        Keys["context"] = "xenonnt_offline";
        Keys["xedocs_version"] = "global_v16";
        Keys["image"] = "2025.07.1";
    }

    /// <summary>The file of an operator, as it is.</summary>
    public static string Reference(string folder, string name) =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, folder, name));

    public OutsourceSettings Resolve()
    {
        _ = Loader.Prepare();
        var (host, invocation) = (Loader.Host(), Loader.Invocation());
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, ConfiguredPlaces.Variables(host));
        var values = new ValueReader(file, host, invocation);
        UnknownKeys.Tell(file, values);
        var tables = TablesReader.Read(host.Disk, $"{LoaderFixture.Data}/tables", null);
        var settings = new SettingsResolver(host, place, file, values, invocation, tables).Resolve();
        UnknownKeys.TellUnread(values, settings.Plan);
        (Warnings, Notes) = (values.Warnings, [.. values.Notes, .. UnknownKeys.Unused(file, settings.Plan)]);
        ConfiguredPlaces.ThrowIfAny(values.Faults, file.Path);
        return settings;
    }

    public IReadOnlyList<string> Faults()
    {
        var error = Assert.Throws<UsageException>(() => Resolve());
        Assert.That(error!.ExitCode, Is.EqualTo(2));
        return [.. error.Faults.Select(f => f.ToString())];
    }

    public int Line(string key) => Loader.Line(key);
}
