namespace Outsource.Services.Http;

/// <summary>The body of an answer: counts the bytes that are read, and refuses a body that is too long.</summary>
/// <param name="inner">The body.</param>
/// <param name="traffic">Where to count.</param>
/// <param name="largest">Most bytes.</param>
internal sealed class CountingStream(Stream inner, RequestStatistics traffic, long largest) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Counted(int read)
    {
        traffic.Received(read);
        _read += read;
        return _read <= largest ? read : throw new WrongShapeException($"it is longer than {largest >> 20} MB");
    }
}
