using Outsource.Foundation.Errors;
using Outsource.PegasusPlan.Preflight;
using Spectre.Console;

namespace Outsource.Tests.PegasusPlan.Preflight;

internal sealed class CheckTableTests
{
    private static readonly CheckResult[] Checks =
    [
        CheckResult.Ok("schedd", "answers"),
        CheckResult.Warning("room", "the free space is unknown", "Make sure that there is room."),
        CheckResult.Failed("cutax tarball", $"'/{new string('x', 300)}' cannot be read: Could not find file.", "Set CUTAX_LOCATION."),
    ];

    [Test]
    public void Should_WriteALineEachNeitherCutNorPadded_If_Piped()
    {
        using var text = new StringWriter();
        CheckTable.Draw(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) }), Checks);

        Assert.That(
            text.ToString(),
            Is.EqualTo(
                "ok       schedd: answers.\n"
                    + "warning  room: the free space is unknown. Make sure that there is room.\n"
                    + $"FAILED   cutax tarball: '/{new string('x', 300)}' cannot be read: Could not find file. Set CUTAX_LOCATION.\n"
            )
        );
    }

    [Test]
    public void Should_EndWithOneFullStop_If_TheFindingIsASentence() =>
        Assert.That(
            () => CheckTable.ThrowTellingFailed(Checks),
            Throws.TypeOf<OutsourceException>().With.Message.EndsWith("cannot be read: Could not find file. Set CUTAX_LOCATION.")
        );

    [Test]
    public void Should_NameThemAlone_If_TheTableHasToldThem() =>
        Assert.That(
            () => CheckTable.ThrowIfAnyFailed(Checks),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo("3 checks: 1 ok, 1 warning, 1 failed. Fix these before submitting: cutax tarball.")
        );
}
