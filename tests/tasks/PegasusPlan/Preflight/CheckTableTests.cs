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
    public void Should_write_a_line_each_neither_cut_nor_padded_if_piped()
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
    public void Should_end_with_one_full_stop_if_the_finding_is_a_sentence() =>
        Assert.That(
            () => CheckTable.ThrowTellingFailed(Checks),
            Throws.TypeOf<OutsourceException>().With.Message.EndsWith("cannot be read: Could not find file. Set CUTAX_LOCATION.")
        );

    [Test]
    public void Should_name_them_alone_if_the_table_has_told_them() =>
        Assert.That(
            () => CheckTable.ThrowIfAnyFailed(Checks),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo("3 checks: 1 ok, 1 warning, 1 failed. Fix these before submitting: cutax tarball.")
        );
}
