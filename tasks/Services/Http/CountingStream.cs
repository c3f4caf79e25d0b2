using Outsource.Foundation.Files;

namespace Outsource.Services.Http;

/// <summary>The body of an answer: counts the bytes that are read, and refuses a body that is too long.</summary>
/// <param name="inner">The body.</param>
/// <param name="traffic">Where to count.</param>
/// <param name="largest">Most bytes.</param>
internal sealed class CountingStream(Stream inner, RequestStatistics traffic, long largest) : ReadingStream(inner)
{
    private long _read;

    public override int Read(byte[] buffer, int offset, int count) => Counted(Inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    private int Counted(int read)
    {
        traffic.Received(read);
        _read += read;
        return _read <= largest ? read : throw new WrongShapeException($"it is longer than {largest >> 20} MB");
    }
}
