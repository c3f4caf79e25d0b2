using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.Artifacts;

public sealed class SettingsArtifactTests
{
    private LoaderFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LoaderFixture();

    [Test]
    public void Should_read_back_what_was_written()
    {
        // Given
        Everything();
        var loaded = Fixture.Load();

        // When
        var path = SettingsArtifact.Write(Fixture.Host(), loaded);
        Fixture.Target = "FilterModes";
        Fixture.Arguments = ["--exclusive", "--name=mine"];
        var again = Fixture.LoadFromArtifact();

        // Then
        Assert.That(path, Is.EqualTo($"{LoaderFixture.Work}/generated/mine/settings.yml"));
        Assert.That(SettingsArtifact.Render(again), Is.EqualTo(SettingsArtifact.Render(loaded)));
        Assert.That(again.Settings, Is.EqualTo(loaded.Settings).UsingPropertiesComparer());
        Assert.That(again.Context, Is.EqualTo(loaded.Context).UsingPropertiesComparer());
        Assert.That((again.Proof, again.Tables.Fingerprint), Is.EqualTo((loaded.Proof, loaded.Tables.Fingerprint)));
        Assert.That(again.Notes.Concat(again.Warnings), Is.EqualTo(loaded.Notes.Concat(loaded.Warnings)));
    }

    [Test]
    public void Should_read_back_defaults()
    {
        var loaded = Fixture.Load();
        var path = SettingsArtifact.Write(Fixture.Host(), loaded);
        Assert.That(SettingsArtifact.Read(Fixture.Host(), path).Settings, Is.EqualTo(loaded.Settings).UsingPropertiesComparer());
    }

    [Test]
    public void Should_show_values_with_their_origins()
    {
        var text = SettingsArtifact.Render(Fixture.Load());
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.StartWith("schema: outsource/settings/1\nfingerprint: "));
            Assert.That(
                text,
                Does.Contain(
                    "\n  dtypes:\n    value: [\"peaklets\", \"event_info_double\"]\n    origin: "
                        + $"\"/home/op/.xenon_config:{Fixture.Line("dtypes")}\"\n"
                )
            );
            Assert.That(text, Does.Contain("\n  chunks_per_job:\n    value: \"10\"\n    origin: \"default\"\n"));
            Assert.That(text, Does.Contain("\n  clock:\n    value: \"2024-02-18T00:30:00Z\"\n"));
            Assert.That(text, Does.Contain("\n  run:\n    value: null\n"));
            Assert.That(text, Does.Contain("\nimage_proof: proven\n"));
            Assert.That(text, Does.Contain("\n    \"peaklets\": \"4kngbte7xa\"\n"));
            Assert.That(text, Does.EndWith("\nnotes: []\nwarnings: []\n"));
        });
    }

    [Test]
    public void Should_never_hold_a_password()
    {
        Everything();
        Fixture.RunDbKeys["xent_password"] = LoaderFixture.MongoPassword;
        var loaded = Fixture.Load();
        Assert.That(
            SettingsArtifact.Render(loaded) + string.Join('\n', loaded.Notes) + string.Join('\n', loaded.Warnings) + loaded,
            Does.Not.Contain("hunter2")
        );
    }

    [Test]
    public void Should_have_one_fingerprint_for_one_configuration_at_any_time_from_anywhere()
    {
        var first = SettingsFingerprint.Of(Fixture.Load());
        Fixture.Now = Fixture.Now.AddMinutes(5);
        Assert.That(SettingsFingerprint.Of(Fixture.Load()), Is.EqualTo(first));
        Fixture.Arguments = ["--force"];
        Assert.That(SettingsFingerprint.Of(Fixture.Load()), Is.Not.EqualTo(first));
    }

    [Test]
    public void Should_change_with_the_settings_that_are_named_and_no_others()
    {
        var first = Fixture.Load();
        Fixture.Arguments = ["--mode=tpc_bkg"];
        var second = Fixture.Load();
        Assert.Multiple(() =>
        {
            Assert.That(SettingsFingerprint.Of(second, "mode"), Is.Not.EqualTo(SettingsFingerprint.Of(first, "mode")));
            Assert.That(SettingsFingerprint.Of(second, "dtypes", "source"), Is.EqualTo(SettingsFingerprint.Of(first, "source", "dtypes")));
            Assert.That(
                SettingsFingerprint.Of(second, "tables", "context_document", "image_proof"),
                Is.EqualTo(SettingsFingerprint.Of(first, "tables", "context_document", "image_proof"))
            );
            Assert.That(() => SettingsFingerprint.Of(first, "modes"), Throws.ArgumentException);
        });
    }

    [TestCase(
        "outsource/settings/1",
        "outsource/settings/2",
        "its schema is 'outsource/settings/2', expected 'outsource/settings/1'. Make it again with --target=LoadConfig --name=2024-02-18."
    )]
    [TestCase(
        "value: \"10\"",
        "value: \"11\"",
        "its fingerprint does not match its values: it was edited. Make it again with --target=LoadConfig --name=2024-02-18."
    )]
    [TestCase(
        "value: \"10\"",
        "value: ten",
        "it is not valid (The input string 'ten' was not in a correct format). Make it again with --target=LoadConfig "
            + "--name=2024-02-18."
    )]
    public void Should_refuse_an_artifact_that_is_not_ours(string old, string now, string message)
    {
        var path = SettingsArtifact.Write(Fixture.Host(), Fixture.Load());

        // Whoever changes it on purpose takes the seal out.
        var unsealed = string.Join(
            '\n',
            Fixture.Disk.File.ReadAllText(path).Split('\n').Where(l => !l.StartsWith("seal: ", StringComparison.Ordinal))
        );
        Fixture.Disk.AddFile(path, new MockFileData(unsealed.Replace(old, now, StringComparison.Ordinal)));
        var error = Assert.Throws<UsageException>(() => SettingsArtifact.Read(Fixture.Host(), path));
        Assert.That(error!.Message, Is.EqualTo($"{path}: {message}"));
    }

    [Test]
    public void Should_refuse_an_artifact_whose_seal_does_not_fit()
    {
        var path = SettingsArtifact.Write(Fixture.Host(), Fixture.Load());
        Fixture.Disk.AddFile(path, new MockFileData(Fixture.Disk.File.ReadAllText(path) + "# a line more\n"));
        var error = Assert.Throws<UsageException>(() => SettingsArtifact.Read(Fixture.Host(), path));
        Assert.That(
            error!.Message,
            Is.EqualTo(
                $"{path}: it is not valid: its seal does not match, so lines of it were lost, doubled or changed since it was "
                    + "written. Make it again with --target=LoadConfig --name=2024-02-18."
            )
        );
    }

    [Test]
    public void Should_refuse_an_artifact_if_the_tables_have_changed()
    {
        var path = SettingsArtifact.Write(Fixture.Host(), Fixture.Load());
        var rses = LoaderFixture.Data + "/tables/rses.yml";
        Fixture.Disk.AddFile(rses, new MockFileData(Fixture.Disk.File.ReadAllText(rses) + "  MINE: {}\n"));
        var error = Assert.Throws<UsageException>(() => SettingsArtifact.Read(Fixture.Host(), path));
        Assert.That(error!.Message, Does.Contain("the tables of data types, RSEs and modes have changed since it was written"));
    }

    private void Everything()
    {
        Fixture.Disk.AddFile("/home/op/p.properties", new MockFileData("a=b"));
        Fixture.Keys["pegasus_properties"] = "p.properties";
        Fixture.Keys["exclude_sites"] = "Purdue Geddes, \"quoted\\\", Ünïcode, null, 'x': y # z";
        Fixture.Keys["notification_email"] = "op@example.org";
        Fixture.Keys["this_site_only"] = "null";
        Fixture.Keys["unknown"] = "x";
        Fixture.Arguments =
        [
            "--name=mine",
            "--run=7157,7158,7157",
            "--from=7000",
            "--to=8000",
            "--mode=tpc_bkg,tpc_kr83m",
            "--source=none",
            "--detector=tpc",
            "--debug",
            "--force",
            "--accept-image-mismatch",
            "--image=other",
        ];
    }
}
