"use strict";
// The page is made again while its workflow is watched. It loads itself again, and keeps filter, place, focus and what is unfolded.
(() => {
  const seconds = Number(document.body.dataset.refresh);
  const key = "outsource-live " + location.pathname;
  const words = document.getElementById("live");
  const button = document.getElementById("live-pause");
  const titleOf = fold => fold.id || fold.querySelector("summary")?.textContent || "";
  const folds = () => [...document.querySelectorAll("details")];

  // A browser may refuse to keep anything for a file: then the page begins at its top.
  const keep = kept => {
    try {
      sessionStorage.setItem(key, JSON.stringify(kept));
    } catch {
      return;
    }
  };
  const take = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.removeItem(key);
      return kept;
    } catch {
      return null;
    }
  };

  let paused = false;
  let last = 0;
  const say = () => {
    words.textContent = paused
      ? "Not loaded again until you go on."
      : `Made again, and loaded again, every ${seconds} seconds while the workflow is watched.`;
    button.textContent = paused ? "Go on" : "Pause";
    button.setAttribute("aria-pressed", String(paused));
  };

  const kept = take();
  if (kept !== null) {
    for (const fold of folds()) {
      fold.open = kept.open.includes(titleOf(fold)) || (fold.open && !kept.shut.includes(titleOf(fold)));
    }
    document.getElementById(kept.focus)?.focus({preventScroll: true});
    const back = () => window.scrollTo({left: kept.x, top: kept.y, behavior: "instant"});
    back();
    window.addEventListener("load", back);
  }

  const again = () => {
    const open = folds().filter(f => f.open).map(titleOf);
    const shut = folds().filter(f => !f.open).map(titleOf);
    keep({x: window.scrollX, y: window.scrollY, open, shut, focus: document.activeElement?.id ?? ""});
    location.reload();
  };

  // Who types, marks text or looks elsewhere is not disturbed.
  const quiet = () =>
    document.visibilityState === "visible" && performance.now() - last > 3000 && (getSelection()?.isCollapsed ?? true);
  for (const event of ["keydown", "pointerdown", "input", "wheel"]) {
    document.addEventListener(event, () => last = performance.now(), {passive: true});
  }
  button.addEventListener("click", () => {
    paused = !paused;
    say();
  });
  button.hidden = false;
  last = -3000;
  say();
  setInterval(() => {
    if (!paused && performance.now() > seconds * 1000 && quiet()) {
      again();
    }
  }, 1000);
})();
