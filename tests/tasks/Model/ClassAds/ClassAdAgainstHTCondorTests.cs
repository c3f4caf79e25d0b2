using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Outsource.Build.Tools.TestSuite;
using Outsource.Model.ClassAds;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.ClassAds;

/// <summary>
/// Our evaluator against HTCondor's own: the module <c>classad2</c> or <c>classad</c> of a Python 3 (of the package htcondor), or the
/// program that OUTSOURCE_TEST_CLASSAD names. That reads lines of three fields parted by tabs (MY, TARGET or nothing, expression) and
/// writes the value of each: a real number as "real 1.5", and "unparsable" for what is no expression.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class ClassAdAgainstHTCondorTests
{
    private const string Program = """
        import sys
        try:
            import classad2 as classad
        except ImportError:
            try:
                import classad
            except ImportError:
                print("absent")
                sys.exit()
        def shown(value):
            if isinstance(value, classad.Value):
                return "undefined" if value == classad.Value.Undefined else "error"
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, float):
                return "real %.17g" % value
            if isinstance(value, (list, tuple)):
                return "{ " + ",".join(shown(v) for v in value) + " }"
            if isinstance(value, classad.ExprTree):
                return shown(value.eval())
            return classad.quote(value) if isinstance(value, str) else str(value)
        for line in sys.stdin:
            my, target, expression = line.rstrip("\n").split("\t")
            try:
                tree = classad.ExprTree(expression)
            except Exception:
                print("unparsable")
                continue
            try:
                my = classad.ClassAd(my)
                print(shown(tree.eval(my, classad.ClassAd(target)) if target else tree.eval(my)))
            except Exception:
                print("error")
        """;

    private static readonly Gen<string> Atom = One(
        "true", "false", "undefined", "error", "0", "1", "3", "-2", "7", "2.5", "0.0", "1e3", "\"a\"", "\"A\"", "\"b\"", "\"12x\"", "\"\"",
        "{1, \"a\"}", "Owner", "Memory", "TARGET.Cpus", "TARGET.Machine", "NoSuch", "9223372036854775807"
    );

    private static readonly Gen<string> Whole = Gen.Recursive<string>(
        (depth, inner) =>
            depth > 3
                ? Atom
                : Gen.Frequency(
                    (2, Atom),
                    (
                        4,
                        Gen.Select(
                                inner,
                                One(
                                    "&&", "||", "=?=", "=!=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "|", "^",
                                    "is", "isnt", "?:"
                                ),
                                inner
                            )
                            .Select((a, o, b) => $"{a} {o} {b}")
                    ),
                    (2, inner.Select(e => $"({e})")),
                    (1, Gen.Select(One("!", "-", "~", "+"), inner).Select((o, e) => $"{o}({e})")),
                    (1, Gen.Select(inner, inner, inner).Select((a, b, c) => $"({a} ? {b} : {c})")),
                    (1, Gen.Select(inner, inner, inner).Select((a, b, c) => $"ifThenElse({a}, {b}, {c})")),
                    (
                        3,
                        Gen.Select(
                                One(
                                    "isUndefined", "isError", "isString", "isInteger", "isReal", "isBoolean",
                                    "int", "real", "string", "bool",
                                    "floor", "ceiling", "round", "toUpper", "toLower", "size"
                                ),
                                inner
                            )
                            .Select((f, e) => $"{f}({e})")
                    ),
                    (
                        2,
                        Gen.Select(One("pow", "strcat", "member", "substr", "strcmp", "regexp", "quantize"), inner, inner)
                            .Select((f, a, b) => $"{f}({a}, {b})")
                    ),
                    (1, Gen.Select(One("min", "max", "sum", "avg", "size"), inner, inner).Select((f, a, b) => $"{f}({{{a}, {b}}})"))
                )
    );

    [Test]
    public void Should_agree_about_every_case() =>
        Compare([.. ClassAdCases.All.Select(c => c.Expression)]);

    [Test]
    public void Should_agree_about_lists_in_texts()
    {
        if (Ask(["stringListSize(\"a\")"]) is ["error"])
        {
            Assert.Ignore("HTCondor's ClassAd library here has no functions of lists in texts.");
        }

        Compare([.. ClassAdCases.StringLists.Select(c => c.Expression)]);
    }

    [Test]
    public void Should_agree_about_whatever_is_put_together_by_the_rules()
    {
        var expressions = new List<string>();
        Whole.Sample(expressions.Add, iter: 20_000, threads: 1);
        Compare(expressions);
    }

    private static void Compare(List<string> expressions)
    {
        var theirs = Ask(expressions);
        var evaluator = new ClassAdEvaluator(
            ClassAdAttributes.Of(ClassAdCases.My),
            ClassAdAttributes.Of(ClassAdCases.Target),
            DateTimeOffset.UnixEpoch
        );
        var differences = expressions
            .Zip(theirs, (expression, their) => (Expression: expression, Their: their, Our: Our(evaluator, expression)))
            .Where(c => c.Our != c.Their)
            .Select(c => $"{c.Expression}\n   HTCondor: {c.Their}\n   ours:     {c.Our}")
            .ToList();

        Assert.That(theirs, Has.Count.EqualTo(expressions.Count));
        TestContext.Progress.WriteLine($"{expressions.Count} expressions are held against HTCondor's ClassAd library.");
        Assert.That(differences, Is.Empty, $"{differences.Count} differ:\n{string.Join("\n", differences.Take(20))}");
    }

    private static List<string> Ask(IEnumerable<string> expressions)
    {
        var named = Environment.GetEnvironmentVariable("OUTSOURCE_TEST_CLASSAD") is { Length: > 0 } program ? program : null;
        var start = named is null ? new ProcessStartInfo("python3", ["-c", Program]) : new ProcessStartInfo(named);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception) when (named is null)
        {
            Assert.Ignore("python3 is not on PATH: HTCondor's ClassAd module cannot be asked.");
            throw;
        }

        using (process)
        {
            var (my, target) = (ClassAdCases.Text(ClassAdCases.My), ClassAdCases.Text(ClassAdCases.Target));
            var writing = Task.Run(() => Write(process, expressions.Select(e => $"{my}\t{target}\t{e}")));
            var (_, answer) = process.FinishWithOutput();
            writing.Wait(TimeSpan.FromMinutes(1));
            var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines is ["absent"])
            {
                Assert.Ignore("HTCondor's ClassAd module for Python (classad2, classad) is not installed: only the table holds our evaluator.");
            }

            return [.. lines.Select(Spelled)];
        }
    }

    // A program that does not know the module ends before it has read anything.
    private static void Write(Process process, IEnumerable<string> lines)
    {
        try
        {
            foreach (var line in lines)
            {
                process.StandardInput.Write(line + "\n");
            }

            process.StandardInput.Close();
        }
        catch (IOException) { }
    }

    private static string Our(ClassAdEvaluator evaluator, string expression)
    {
        try
        {
            return evaluator.Evaluate(expression).ToString();
        }
        catch (FormatException)
        {
            return "unparsable";
        }
    }

    private static string Spelled(string theirs) =>
        System.Text.RegularExpressions.Regex.Replace(
            theirs,
            "real ([-+.0-9a-z]+)",
            m =>
                m.Groups[1].Value switch
                {
                    "inf" => "real(\"INF\")",
                    "-inf" => "real(\"-INF\")",
                    "nan" or "-nan" => "real(\"NaN\")",
                    var number => ClassAdValueOf(number),
                }
        );

    private static string ClassAdValueOf(string number) =>
        new ClassAdValue.Real(double.Parse(number, CultureInfo.InvariantCulture)).ToString();

    private static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);
}
