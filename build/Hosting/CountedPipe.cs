namespace Outsource.Build.Hosting;

/// <summary>A pipe that ends if its input exceeds the limit.</summary>
/// <param name="pipe">It is closed with this one; the system reports that to the writer.</param>
/// <param name="most">Bytes.</param>
internal sealed class CountedPipe(Stream pipe, long most) : Stream
{
    private long _read;

    /// <summary>Whether more came.</summary>
    public bool Exceeded => _read > most;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Exceeded ? 0 : pipe.Read(buffer, offset, count);
        _read += read;
        return Exceeded ? 0 : read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipe.Dispose();
        }

        base.Dispose(disposing);
    }
}
