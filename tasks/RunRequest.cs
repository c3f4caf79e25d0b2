using Outsource.Foundation.Machine;
using Outsource.Settings.Options;
using Spectre.Console;

namespace Outsource;

/// <summary>What the host passes to the tasks of one run.</summary>
public sealed record RunRequest
{
    /// <summary>The command line.</summary>
    public required Invocation Invocation { get; init; }

    /// <summary>This machine: disk, variables, user, clock.</summary>
    public required HostEnvironment Host { get; init; }

    /// <summary>Locks, processes and free space of the machine.</summary>
    public required IMachine Machine { get; init; }

    /// <summary>Messages for the operator.</summary>
    public required IOperatorLog Messages { get; init; }

    /// <summary>Tables for the operator, on standard output; without colours and at full width if piped.</summary>
    public required Func<IAnsiConsole> Terminal { get; init; }

    /// <summary>Draws over the previous drawing, for a terminal; null if there is none.</summary>
    public Action<Action<IAnsiConsole>>? Redraw { get; init; }

    /// <summary>Whether standard output is still read; false if the program after a pipe has ended.</summary>
    public Func<bool> HasReader { get; init; } = () => true;

    /// <summary>Asks the operator a question and returns the line typed (null: none); null if there is no terminal.</summary>
    public Func<string, string?>? Ask { get; init; }

    /// <summary>Cancelled by Ctrl-C. The process is killed if it does not end within a second.</summary>
    public CancellationToken Cancellation { get; init; }
}
