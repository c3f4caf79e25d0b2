using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Build.Hosting;

/// <summary>
/// A standard stream that may refuse what is written: it is closed, or leads to a full disk. Work that has begun is not torn apart for
/// that, wherever it just was: the first refusal is kept, the rest goes nowhere, and the host says so at its end. A reader who had enough
/// (<c>| head -1</c>) is no refusal: the runtime itself drops what is written to a broken pipe.
/// </summary>
/// <param name="inner">Where it goes; null: the stream is closed.</param>
internal sealed class LastingWriter(TextWriter? inner) : TextWriter
{
    private readonly Lock _lock = new();

    /// <summary>Why something was not written, as a clause; null: all was.</summary>
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
