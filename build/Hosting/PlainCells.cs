using Outsource.Foundation.Text;
using Spectre.Console.Rendering;

namespace Outsource.Build.Hosting;

/// <summary>Tables contain text of run documents, jobs and services: none of it may control the terminal.</summary>
internal sealed class PlainCells : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(r => new Plain(r));

    private sealed class Plain(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner
                .Render(options, maxWidth)
                .Select(s => s.IsControlCode || UntrustedText.Plain(s.Text) is var text && text == s.Text ? s : new Segment(text, s.Style));
    }
}
