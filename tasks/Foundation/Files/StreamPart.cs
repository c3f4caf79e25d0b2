namespace Outsource.Foundation.Files;

/// <summary>The first bytes of a stream, however fast it grows.</summary>
/// <param name="inner">The stream.</param>
/// <param name="left">How many bytes.</param>
internal sealed class StreamPart(Stream inner, long left) : ReadingStream(inner)
{
    private long _left = left;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Inner.Read(buffer, offset, (int)Math.Min(count, _left));
        _left -= read;
        return read;
    }
}
