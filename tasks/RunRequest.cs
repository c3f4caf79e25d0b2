using Outsource.Foundation.Machine;
using Outsource.Settings.Options;
using Spectre.Console;

namespace Outsource;

/// <summary>What the host hands to the tasks of one run.</summary>
public sealed record RunRequest
{
    /// <summary>What the operator typed.</summary>
    public required Invocation Invocation { get; init; }

    /// <summary>Where we run.</summary>
    public required HostEnvironment Host { get; init; }

    /// <summary>Locks, processes and free space of the machine.</summary>
    public required IMachine Machine { get; init; }

    /// <summary>Words for the operator.</summary>
    public required IOperatorLog Messages { get; init; }

    /// <summary>Tables for the operator, on standard output; without colours and not cut to a width when piped.</summary>
    public required Func<IAnsiConsole> Terminal { get; init; }

    /// <summary>Draws in the place of what it drew before, as who watches a terminal wants it; null where nobody looks at one.</summary>
    public Action<Action<IAnsiConsole>>? Redraw { get; init; }

    /// <summary>Whether anybody still reads standard output; false when the program behind a pipe has ended.</summary>
    public Func<bool> HasReader { get; init; } = () => true;

    /// <summary>
    /// Puts a question to the operator and waits for the line typed (null: none came); null where nobody sits at a terminal.
    /// </summary>
    public Func<string, string?>? Ask { get; init; }

    /// <summary>Cancelled by Ctrl-C. Who does not heed it within a second is ended.</summary>
    public CancellationToken Cancellation { get; init; }
}
