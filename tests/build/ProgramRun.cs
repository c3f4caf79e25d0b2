using System.Diagnostics;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Build;

/// <summary>A program that ran to its end, and what it said.</summary>
internal sealed record ProgramRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs the host as an operator's shell does, in a home folder where nothing is configured.</summary>
    public static ProgramRun Host(params string[] args) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args]).End();

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="args">The argument vector.</param>
    /// <param name="folder">Where it stands; null: the temporary folder.</param>
    /// <param name="variables">Added to the environment; null removes one.</param>
    public static RunningProgram Start(
        string program,
        IReadOnlyList<string> args,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? variables = null
    )
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        start.Environment["OUTSOURCE_DEMO"] = null;
        start.Environment["XENON_CONFIG"] = null;
        start.Environment["SOURCE_DATE_EPOCH"] = null;

        // Where a pipeline runs the tests, they are not the step that it reads.
        start.Environment["GITHUB_ACTIONS"] = null;
        start.Environment["GITHUB_OUTPUT"] = null;
        start.Environment["GITHUB_STEP_SUMMARY"] = null;

        // Whatever the terminal of these tests is, that of the program shows all characters.
        start.Environment["TERM"] = "xterm";
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(Process.Start(start)!);
    }

    /// <summary>
    /// A program that Ctrl-C reaches, also where these tests were started in the background: a shell lets such a command, and all that it
    /// starts, ignore the signal.
    /// </summary>
    public static RunningProgram StartInterruptible(
        string program,
        IReadOnlyList<string> args,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? variables = null
    ) => Start("env", ["--default-signal=INT", program, .. args], folder, variables);

    /// <summary>A program that runs.</summary>
    internal sealed class RunningProgram
    {
        private readonly Process _process;
        private readonly Task<string> _out;
        private readonly Task<string> _error;

        public RunningProgram(Process process)
        {
            _process = process;
            _process.StandardInput.Close();
            _out = process.StandardOutput.ReadToEndAsync();
            _error = process.StandardError.ReadToEndAsync();
        }

        public int Id => _process.Id;

        /// <summary>Waits for its end; after three minutes it is ended and the test fails.</summary>
        public ProgramRun End()
        {
            var run = new ProgramRun(_process.Finish(), _out.Result, _error.Result);
            _process.Dispose();
            return run;
        }
    }
}
