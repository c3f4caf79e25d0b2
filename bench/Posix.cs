using System.Runtime.InteropServices;

namespace Outsource.Bench;

/// <summary>A signal, as a terminal or a service manager sends it.</summary>
internal static partial class Posix
{
    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal. 0: it was sent.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);
}
