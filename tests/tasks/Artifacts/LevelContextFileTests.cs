using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.Artifacts;

internal sealed class LevelContextFileTests
{
    private static readonly OutsourceSettings Settings = Given.Settings with { Plan = PlanKind.ByLevel, IncludeDataTypes = ["peaklets"] };

    [Test]
    public void Should_name_the_description_and_the_command_if_it_is_gone() =>
        Assert.That(
            Fault([]),
            Is.EqualTo(
                "/g/context.json: it cannot be read (it does not exist). Make it again with --target=LoadConfig --name=2024-02-17."
            )
        );

    [TestCase("{")]
    [TestCase("{\"schema\": \"outsource/context-description/1\", \"name\": \"\\ud800\"}")]
    public void Should_refuse_what_is_no_description(string text) =>
        Assert.That(Fault([("/g/context.json", text)]), Is.EqualTo("/g/context.json: this is not a context description."));

    private static string Fault((string, string)[] files)
    {
        var host = Given.Host(Given.Disk(files));
        var error = Assert.Throws<UsageException>(() => LevelContextFile.Read(host, Settings, Today.Description.Document, "/g"));
        return error!.Faults.Single().ToString();
    }
}
