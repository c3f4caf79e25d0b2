using CsCheck;
using Outsource.Model.ClassAds;

namespace Outsource.Tests.Model.ClassAds;

internal sealed class ClassAdSyntaxTests
{
    private static readonly Gen<string> Atom = One(
        "HAS_AVX2",
        "GLIDEIN_Site",
        "MY.Memory",
        "TARGET.'odd name'",
        "1",
        "2.5e3",
        "0x1F",
        "\"a \\\" b\"",
        "true",
        "undefined",
        "{1, \"b\"}",
        "f()",
        "regexp(\"uct2-c4[1-7]\", Machine)"
    );

    /// <summary>Whatever is put together by the rules.</summary>
    private static readonly Gen<string> Whole = Gen.Recursive<string>(
        (depth, inner) =>
            depth > 3
                ? Atom
                : Gen.Frequency(
                    (3, Atom),
                    (
                        2,
                        Gen.Select(inner, One("&&", "||", "=?=", "=!=", "==", "!=", "<", "<=", ">>", "+", "-", "*", "is", "isnt"), inner)
                            .Select((a, o, b) => $"{a} {o} {b}")
                    ),
                    (1, inner.Select(e => $"({e})")),
                    (1, inner.Select(e => $"!{e}")),
                    (1, Gen.Select(inner, inner, inner).Select((a, b, c) => $"({a} ? {b} : {c})"))
                )
    );

    private static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    [Test]
    public void Should_parse_if_put_together_by_the_rules() => Whole.Sample(e => ClassAdSyntax.ErrorIn(e) is null);

    [Test]
    public void Should_not_parse_if_a_bracket_is_left_open() =>
        Whole.Sample(e => ClassAdSyntax.ErrorIn("(" + e) is not null && ClassAdSyntax.ErrorIn(e + ")") is not null);

    [Test]
    public void Should_always_end_if_given_anything() =>
        Gen.String[Gen.Char["ab1.\"'()[]{}?:&|=!<>+-*/ ,\\"], 0, 30]
            .Sample(e =>
            {
                _ = ClassAdSyntax.ErrorIn(e);
            });

    [TestCase(
        "HAS_SINGULARITY && HAS_CVMFS_xenon_opensciencegrid_org && (HAS_AVX2 || HAS_AVX) && (GLIDEIN_Site =!= \"SU-ITS\" && "
            + "GLIDEIN_Site =!= \"Purdue Geddes\")"
    )]
    [TestCase("ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 14500, (DAGNodeRetry + 1)*14500)")]
    public void Should_parse_if_it_is_ours(string expression) => Assert.That(ClassAdSyntax.ErrorIn(expression), Is.Null);

    [TestCase("", "it ends where a value is expected (column 1)")]
    [TestCase("HAS_AVX &&", "it ends where a value is expected (column 11)")]
    [TestCase("HAS_AVX & & X", "a value is expected, not '&' (column 11)")]
    [TestCase("Site == \"A", "the string that begins there has no end (column 9)")]
    [TestCase("(A || B", "')' is missing at its end (column 8)")]
    [TestCase("A B", "'B' is not expected (column 3)")]
    [TestCase("A = 1", "'=' is not expected (column 3)")]
    public void Should_say_where_if_it_does_not_parse(string expression, string fault) =>
        Assert.That(ClassAdSyntax.ErrorIn(expression), Is.EqualTo(fault));

    [Test]
    public void Should_say_why_if_nested_too_deeply() =>
        Assert.That(ClassAdSyntax.ErrorIn(new string('(', 100_000)), Does.StartWith("it is nested too deeply"));
}
