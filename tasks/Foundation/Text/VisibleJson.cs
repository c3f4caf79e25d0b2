using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Outsource.Foundation.Text;

/// <summary>
/// Writes JSON for people to read: non-ASCII characters stay as they are, but what <see cref="UntrustedText"/> shows escaped is escaped
/// here
/// too. A run document may contain marks that reverse the order of reading; they must be visible in a terminal.
/// </summary>
public sealed unsafe class VisibleJson : JavaScriptEncoder
{
    /// <summary>The only one.</summary>
    public static VisibleJson Encoder { get; } = new();

    private VisibleJson() { }

    public override int MaxOutputCharactersPerInputCharacter => UnsafeRelaxedJsonEscaping.MaxOutputCharactersPerInputCharacter;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var relaxed = UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncode(text, textLength);
        var span = new ReadOnlySpan<char>(text, textLength);
        if (Ascii.IsValid(span))
        {
            return relaxed;
        }

        var ours = UntrustedText.FirstSteering(span);
        return relaxed < 0 ? ours
            : ours < 0 ? relaxed
            : Math.Min(relaxed, ours);
    }

    /// <summary>Of ASCII, which most texts are, nothing is escaped besides: it need not be looked at character by character.</summary>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) =>
        Ascii.IsValid(utf8Text)
            ? UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncodeUtf8(utf8Text)
            : base.FindFirstCharacterToEncodeUtf8(utf8Text);

    public override bool WillEncode(int unicodeScalar) => UnsafeRelaxedJsonEscaping.WillEncode(unicodeScalar) || Steers(unicodeScalar);

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        if (!Steers(unicodeScalar) || UnsafeRelaxedJsonEscaping.WillEncode(unicodeScalar))
        {
            return UnsafeRelaxedJsonEscaping.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
        }

        numberOfCharactersWritten = 0;
        foreach (var c in char.ConvertFromUtf32(unicodeScalar))
        {
            if (
                !new Span<char>(buffer, bufferLength)[numberOfCharactersWritten..]
                    .TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}", out var written)
            )
            {
                return false;
            }

            numberOfCharactersWritten += written;
        }

        return true;
    }

    private static bool Steers(int scalar) =>
        scalar > 0x7e && scalar is < 0xd800 or > 0xdfff && UntrustedText.FirstSteering(char.ConvertFromUtf32(scalar)) >= 0;
}
