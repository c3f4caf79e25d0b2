using System.IO.Abstractions;
using Outsource.Errors;

namespace Outsource.Workflows;

/// <summary>One command at a time starts a workflow: two at once would both find it stopped. The lock ends with the process, however that ends.</summary>
public static class WorkflowLock
{
    /// <exception cref="UsageException">Another command has it.</exception>
    public static IDisposable Take(IFileSystem disk, WorkflowOnDisk workflow)
    {
        // Beside the folder, which --force replaces whole.
        var path = Path.Combine(workflow.WorkDir, "generated", $".{workflow.Name}.lock");
        try
        {
            return disk.FileStream.New(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UsageException($"workflow '{workflow.Name}' is being worked on by another command (it holds '{path}'). Wait for its end, and look then: --target=Status --name={workflow.Name}.");
        }
    }
}
