namespace Outsource.Foundation.Errors;

/// <summary>Two things that were compared are not the same: an answer, told by the exit code as well (3).</summary>
public sealed class DifferenceException(string message) : OutsourceException(message, ExitCodes.NothingToDo);
