using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Build.Hosting;

/// <summary>
/// A standard stream whose writes may fail because it is closed or its disk is full. The work continues: the first error is kept, later
/// output is discarded, and the host reports the error at the end. A reader that ends early (<c>| head -1</c>) is not an error: the runtime
/// discards writes to a broken pipe.
/// </summary>
/// <param name="inner">The destination; null: the stream is closed.</param>
internal sealed class LastingWriter(TextWriter? inner) : TextWriter
{
    private readonly Lock _lock = new();

    /// <summary>Why output was lost, as a clause; null: none was lost.</summary>
    public string? Refusal { get; private set; }

    public override Encoding Encoding => inner?.Encoding ?? new UTF8Encoding(false);

    public override void Write(char value) => Try(writer => writer.Write(value));

    public override void Write(char[] buffer, int index, int count)
    {
        if (count > 0)
        {
            Try(writer => writer.Write(buffer, index, count));
        }
    }

    public override void Write(string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Try(writer => writer.Write(value));
        }
    }

    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    public override void Flush()
    {
        if (inner is not null)
        {
            Try(writer => writer.Flush());
        }
    }

    private void Try(Action<TextWriter> write)
    {
        lock (_lock)
        {
            if (Refusal is not null)
            {
                return;
            }

            if (inner is null)
            {
                Refusal = "it is closed";
                return;
            }

            try
            {
                write(inner);
            }
            catch (Exception error) when (DiskFault.Is(error))
            {
                Refusal = DiskFault.Why(error);
            }
        }
    }
}
