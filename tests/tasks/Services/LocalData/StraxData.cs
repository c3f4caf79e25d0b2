using System.IO.Abstractions.TestingHelpers;
using System.Text.Json;

namespace Outsource.Tests.Services.LocalData;

/// <summary>Writes folders of data as strax does: chunk files, and metadata that lists them (strax, storage/files.py).</summary>
internal static class StraxData
{
    /// <summary>The metadata of a folder.</summary>
    /// <param name="prefix"><c>TYPE-HASH</c>.</param>
    /// <param name="chunks">Bytes of each chunk's file; 0: it has no items, and no file.</param>
    /// <param name="exception">What ended the making, or null.</param>
    public static string Metadata(string prefix, IReadOnlyList<int> chunks, string? exception = null)
    {
        var document = new Dictionary<string, object>
        {
            ["chunks"] = chunks.Select((bytes, i) =>
                bytes == 0
                    ? (object)new { chunk_i = i, n = 0, nbytes = 0 }
                    : new { chunk_i = i, n = 5, nbytes = 4 * bytes, filesize = bytes, filename = $"{prefix}-{i:D6}" }
            ),
            ["lineage_hash"] = prefix.Split('-')[1],
        };
        if (exception is not null)
        {
            document["exception"] = exception;
        }

        return JsonSerializer.Serialize(document);
    }

    /// <summary>A folder of whole data.</summary>
    public static string AddData(this MockFileSystem disk, string below, int run, string prefix, params int[] chunks)
    {
        var folder = $"{below}/{run:D6}-{prefix}";
        disk.AddFile($"{folder}/{prefix}-metadata.json", new MockFileData(Metadata(prefix, chunks)));
        for (var i = 0; i < chunks.Length; i++)
        {
            if (chunks[i] > 0)
            {
                disk.AddFile($"{folder}/{prefix}-{i:D6}", new MockFileData(new byte[chunks[i]]));
            }
        }

        return folder;
    }
}
