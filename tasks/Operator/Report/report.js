"use strict";
// Frames are tab stops only where they scroll: then the arrow keys scroll them.
(() => {
  const frames = document.querySelectorAll(".scroll, .drawing");
  const settle = frame => {
    if (frame.scrollWidth > frame.clientWidth + 1) {
      frame.tabIndex = 0;
    } else {
      frame.removeAttribute("tabindex");
    }
  };
  const watch = new ResizeObserver(seen => seen.forEach(entry => settle(entry.target.closest(".scroll, .drawing"))));
  for (const frame of frames) {
    settle(frame);
    watch.observe(frame);
    for (const inner of frame.children) {
      watch.observe(inner);
    }
  }
})();
