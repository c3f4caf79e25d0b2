using Outsource.Foundation.Files;

namespace Outsource.Build.Hosting;

/// <summary>A pipe that ends if its input exceeds the limit.</summary>
/// <param name="pipe">It is closed with this one; the system reports that to the writer.</param>
/// <param name="most">Bytes.</param>
internal sealed class CountedPipe(Stream pipe, long most) : ReadingStream(pipe)
{
    private long _read;

    /// <summary>Whether more came.</summary>
    public bool Exceeded => _read > most;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Exceeded ? 0 : Inner.Read(buffer, offset, count);
        _read += read;
        return Exceeded ? 0 : read;
    }
}
