using Outsource.Tests.Build;

namespace Outsource.Tests.Fixtures;

/// <summary>A program at a terminal of its own (a pty, through Python's standard library), with somebody who types.</summary>
internal static class Terminal
{
    private const string Script = """
        import os, pty, select, sys, time
        wait, answer, copy, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3], sys.argv[4:]
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(command[0], command)
        read, end, idle, typed = b"", time.monotonic() + 120, 0, answer
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                # What is typed while the program sets the terminal up is lost: whoever sits there types it again.
                idle += 1
                if wait in read and (typed == b"\x04" or (typed == b"\x03" and idle % 3 == 0)):
                    os.write(terminal, typed)
                continue
            idle = 0
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            if not more:
                break
            read += more
            if copy:
                with open(copy, "ab") as file:
                    file.write(more)
            if answer and wait in read:
                os.write(terminal, answer)
                answer = b""
        else:
            os.kill(child, 9)
        sys.stdout.buffer.write(read)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
        """;

    /// <summary>
    /// Runs it to its end. All that the terminal showed is in <see cref="ProgramRun.Out"/>, lines ended by CR LF as a terminal does.
    /// </summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="wait">What is waited for before something is typed.</param>
    /// <param name="answer">What is typed; empty: nothing.</param>
    /// <param name="variables">Added to the environment.</param>
    /// <param name="copy">A file that gets what the terminal shows, as it comes; null: none.</param>
    public static ProgramRun Run(
        IReadOnlyList<string> command,
        string wait,
        string answer,
        IReadOnlyDictionary<string, string?> variables,
        string? copy = null
    ) =>
        ProgramRun
            .Start(
                "python3",
                ["-c", Script, wait, answer, copy ?? "", .. command],
                variables: new Dictionary<string, string?>(variables) { ["TERM"] = "xterm", ["COLUMNS"] = "200" }
            )
            .End();
}
