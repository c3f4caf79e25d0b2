using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outsource.Foundation.Files;
using Outsource.Model.Notices;

namespace Outsource.Workflows;

/// <summary>What was told of a workflow: <c>notices.json</c> in its folder.</summary>
/// <param name="disk">The disk.</param>
/// <param name="workflow">The workflow.</param>
public sealed class NoticeFile(IFileSystem disk, WorkflowOnDisk workflow)
{
    public const string FileName = "notices.json";

    private readonly string _path = Path.Combine(workflow.Folder, FileName);

    /// <summary>What was told; null: nothing, or the file is damaged, and then it is told again.</summary>
    public NoticeMemory? Read()
    {
        try
        {
            return disk.File.Exists(_path)
                ? JsonSerializer.Deserialize(BoundedText.ReadAll(disk, _path), NoticeJson.Default.NoticeMemory)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps it.</summary>
    public void Write(NoticeMemory memory) =>
        AtomicFile.WriteText(disk, _path, JsonSerializer.Serialize(memory, NoticeJson.Default.NoticeMemory) + "\n");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NoticeMemory))]
internal sealed partial class NoticeJson : JsonSerializerContext;
