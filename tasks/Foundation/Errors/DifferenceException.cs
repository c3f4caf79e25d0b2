namespace Outsource.Foundation.Errors;

/// <summary>Two things that were compared are not the same: a result, with its own exit code (3).</summary>
public sealed class DifferenceException(string message) : OutsourceException(message, ExitCodes.NothingToDo);
