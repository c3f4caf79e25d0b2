using System.IO.Abstractions.TestingHelpers;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Settings.Keys;

public sealed class ReferenceInputsTests
{
    [Test]
    public void Should_load_the_reference_configuration_as_it_is()
    {
        // Given
        var fixture = new LoaderFixture
        {
            ConfigText = LoaderFixture.Reference("xenon_config"),
            Arguments = ["--context", "xenonnt_v14", "--image", "2024.02.1", "--context-file", "/inputs/context.json"],
        };
        fixture.Variables["OUTSOURCE_WORK"] = "/work";
        fixture.Disk.AddFile("/inputs/context.json", new MockFileData(LoaderFixture.Reference("context.json")));

        // When
        var loaded = fixture.Load();

        // Then
        Assert.Multiple(() =>
        {
            Assert.That(loaded.Settings.WorkDir, Is.EqualTo("/work/workflows"));
            Assert.That(loaded.Settings.RunDb.ToString(), Is.EqualTo("mongo"));
            Assert.That(loaded.Settings.DataTypes, Has.Length.EqualTo(7));
            Assert.That(loaded.Settings.ExcludeSites, Does.Contain("Purdue Geddes"));
            Assert.That(loaded.Settings.NotificationEmail, Is.Null);
            Assert.That(loaded.Settings.Name, Is.EqualTo("2024-02-18"));
            Assert.That(loaded.Context.StraxenVersion, Is.EqualTo("2.2.0"));
            Assert.That(loaded.Proof, Is.EqualTo(ImageProof.Unproven));
            Assert.That(loaded.Notes, Is.Empty);
            Assert.That(
                loaded.Warnings,
                Is.EqualTo(
                    new[]
                    {
                        $"{LoaderFixture.ConfigPath}:18: raw_records_rse contains SURFSARA_USERDISK, which is tape: raw data is read from it only with --stage (or stage = True).",
                        "the document of context 'xenonnt_v14' in /inputs/context.json has no tag, so there is no proof that it fits "
                            + "image tag '2024.02.1' (straxen 2.2.0).",
                    }
                )
            );
        });
    }
}
