using System.Text;

namespace Outsource.Build.Hosting;

/// <summary>
/// Text that GitHub Actions must only show. A line that begins with <c>::</c>, or contains <c>##[</c>, is a command to the runner. Run
/// documents, job logs and answers of services contain text of others, which must not be a command. A blank in between keeps such text
/// readable.
/// </summary>
/// <param name="inner">The destination.</param>
internal sealed class ActionsSafeWriter(TextWriter inner) : TextWriter
{
    private readonly Lock _lock = new();

    /// <summary>Whether the line has only blanks so far.</summary>
    private bool _blank = true;

    /// <summary>The characters that may be the beginning of a command.</summary>
    private string _begun = "";

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Whether everything is passed on unchanged, because a program reads it.</summary>
    public bool Verbatim { get; set; }

    public override void Write(char value)
    {
        lock (_lock)
        {
            var next = _begun + value;
            if (!Verbatim && ((_blank && next == "::") || next == "##["))
            {
                inner.Write(' ');
            }

            inner.Write(value);
            (_blank, _begun) = value switch
            {
                '\n' or '\r' => (true, ""),
                ':' when _blank && _begun.Length == 0 => (true, ":"),
                '#' => (false, _begun is "#" or "##" ? "##" : "#"),
                _ => (_blank && char.IsWhiteSpace(value) && _begun.Length == 0, ""),
            };
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        foreach (var one in value ?? "")
        {
            Write(one);
        }
    }

    public override void Flush() => inner.Flush();
}
