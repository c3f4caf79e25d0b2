using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Build.Hosting;

/// <summary>A standard stream of a terminal that shows only ASCII.</summary>
/// <param name="inner">The stream.</param>
internal sealed class AsciiWriter(TextWriter inner) : TextWriter
{
    /// <summary>The form of what is not ASCII.</summary>
    public Func<string, string> Form { get; set; } = AsciiText.Of;

    public override Encoding Encoding => Encoding.ASCII;

    public override void Write(char value) => inner.Write(Form(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => inner.Write(Form(new string(buffer, index, count)));

    public override void Write(string? value) => inner.Write(value is null ? null : Form(value));

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : Form(value));

    public override void Flush() => inner.Flush();
}
