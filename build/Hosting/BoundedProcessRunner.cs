using System.Diagnostics;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Foundation.Files;

namespace Outsource.Build.Hosting;

/// <summary>
/// Starts programs and reads their output with limits, so that none can fill the memory: very long lines are cut, and a program with too
/// much output is stopped. All other programs are started by Cake.
/// </summary>
public sealed class BoundedProcessRunner(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    ICakeLog log,
    IToolLocator tools,
    ICakeConfiguration configuration
) : IProcessRunner
{
    private readonly ProcessRunner _engine = new(fileSystem, environment, log, tools, configuration);

    public IProcess? Start(FilePath filePath, ProcessSettings settings)
    {
        ArgumentNullException.ThrowIfNull(filePath);
        ArgumentNullException.ThrowIfNull(settings);
        if (
            settings
            is not
            {
                RedirectStandardOutput: true,
                RedirectStandardError: true,
                RedirectedStandardOutputHandler: { } output,
                RedirectedStandardErrorHandler: { } error
            }
        )
        {
            return _engine.Start(filePath, settings);
        }

        log.Verbose(Verbosity.Diagnostic, "Executing: {0} {1}", filePath, settings.Arguments?.RenderSafe() ?? "");
        var start = new ProcessStartInfo(filePath.FullPath, settings.Arguments?.Render() ?? "")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = (settings.WorkingDirectory ?? environment.WorkingDirectory).MakeAbsolute(environment).FullPath,
        };
        foreach (var (name, value) in settings.EnvironmentVariables ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        // As Cake does it: a build script can see that it was called by one.
        start.Environment["CAKE"] = "True";
        return Process.Start(start) is { } process ? new Heard(process, output, error) : null;
    }

    /// <summary>A program, and the two threads that read its output.</summary>
    private sealed class Heard : IProcess
    {
        private readonly Process _process;
        private readonly List<string> _out = [],
            _error = [];

        public Heard(Process process, Func<string?, string?> output, Func<string?, string?> error)
        {
            _process = process;
            Listen(process.StandardOutput.BaseStream, output, _out);
            Listen(process.StandardError.BaseStream, error, _error);
        }

        public void WaitForExit() => _process.WaitForExit();

        public bool WaitForExit(int milliseconds)
        {
            if (_process.WaitForExit(milliseconds))
            {
                return true;
            }

            Kill();
            return false;
        }

        public int GetExitCode() => _process.ExitCode;

        public IEnumerable<string> GetStandardError() => _error;

        public IEnumerable<string> GetStandardOutput() => _out;

        public void Kill()
        {
            try
            {
                // Pegasus' programs are scripts: their child processes would continue without them.
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }

        public void Dispose() => _process.Dispose();

        private void Listen(Stream stream, Func<string?, string?> handler, List<string> kept)
        {
            var listener = new Thread(() => Hear(stream, handler, kept)) { IsBackground = true };
            listener.Start();
        }

        private void Hear(Stream stream, Func<string?, string?> handler, List<string> kept)
        {
            try
            {
                // Counted on the pipe: output without a line end is cut, but still counts.
                var pipe = new CountedPipe(stream, BoundedText.MostOfAProgram);
                foreach (var line in BoundedText.Lines(pipe))
                {
                    if (!pipe.Exceeded && handler(line) is { } shown)
                    {
                        kept.Add(shown);
                    }
                }

                if (pipe.Exceeded)
                {
                    _ = handler($"({BoundedText.Overlong})");
                    Kill();
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The other side closed the pipe, or the output is no longer read.
            }

            _ = handler(null);
        }
    }
}
