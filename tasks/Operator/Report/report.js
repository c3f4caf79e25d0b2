"use strict";
(() => {
  const data = JSON.parse(document.getElementById("ledger-data").textContent);
  const page = 100;
  const columns = ["run", "start", "mode", "type", "outcome", "code", "detail"];
  const lines = data.lines.map(([run, type, code, detail]) => {
    const [name, mode, start] = data.runs[run];
    const [word, outcome, meaning] = data.codes[code];
    return {run: name, mode: data.modes[mode], start, type: data.types[type], code: word, outcome, meaning, detail: data.details[detail]};
  });
  for (const line of lines) {
    line.text = columns.map(c => line[c]).join("\u0001").toLowerCase();
  }
  const $ = id => document.getElementById(id);
  const state = {sort: "run", down: false, at: 0, found: lines};
  const choose = (select, values) => {
    for (const value of values) {
      select.append(new Option(value, value));
    }
  };
  const order = (list, key) => [...new Set(list.map(l => l[key]))].sort();
  choose($("by-outcome"), data.outcomes.filter(o => lines.some(l => l.outcome === o)));
  choose($("by-type"), data.types);
  choose($("by-code"), order(lines, "code"));
  choose($("by-mode"), order(lines, "mode").filter(m => m));

  const cell = (row, text, name, tag = "td") => {
    const made = document.createElement(tag);
    made.setAttribute("role", tag === "th" ? "rowheader" : "cell");
    made.textContent = text;
    if (name) {
      made.className = name;
    }
    row.append(made);
    return made;
  };
  const anchor = run => /^[0-9]+$/.test(run) ? "#run-" + Number(run) : null;

  const draw = () => {
    const body = $("lines");
    body.replaceChildren();
    for (const line of state.found.slice(state.at, state.at + page)) {
      const row = document.createElement("tr");
      row.setAttribute("role", "row");
      const first = cell(row, "", "number", "th");
      first.scope = "row";
      if (anchor(line.run)) {
        const link = document.createElement("a");
        link.href = anchor(line.run);
        link.textContent = line.run;
        first.append(link);
      } else {
        first.textContent = line.run;
      }
      cell(row, line.start.slice(0, 10), "text");
      cell(row, line.mode, "text");
      cell(row, line.type, "text");
      cell(row, line.outcome, "text outcome-" + line.outcome);
      cell(row, line.code, "text").title = line.meaning;
      cell(row, line.detail, "long");
      body.append(row);
    }
    const count = state.found.length, from = count ? state.at + 1 : 0, to = Math.min(state.at + page, count);
    const number = n => n.toLocaleString("en");
    $("found").textContent = `${number(count)} of ${number(lines.length)} lines` + (count > page ? `, ${number(from)} to ${number(to)} shown` : "");
    $("before").disabled = state.at === 0;
    $("after").disabled = to >= count;
    for (const th of document.querySelectorAll("#ledger-table thead th")) {
      th.setAttribute("aria-sort", th.dataset.by === state.sort ? (state.down ? "descending" : "ascending") : "none");
      th.querySelector("span").textContent = th.dataset.by === state.sort ? (state.down ? " ▼" : " ▲") : "";
    }
  };

  const find = () => {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(w => w);
    const by = {outcome: $("by-outcome").value, type: $("by-type").value, code: $("by-code").value, mode: $("by-mode").value};
    state.found = lines.filter(l => Object.entries(by).every(([k, v]) => !v || l[k] === v) && words.every(w => l.text.includes(w)));
    // Lines come by run and type: a stable sort keeps that within what is equal.
    if (state.sort !== "run" || state.down) {
      const way = state.down ? -1 : 1, key = state.sort;
      state.found = state.found.slice().sort((a, b) => way * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
    }
    state.at = 0;
    draw();
  };

  let waiting = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 120);
  });
  for (const id of ["by-outcome", "by-type", "by-code", "by-mode"]) {
    $(id).addEventListener("change", find);
  }
  $("clear").addEventListener("click", () => {
    for (const id of ["search", "by-outcome", "by-type", "by-code", "by-mode"]) {
      $(id).value = "";
    }
    find();
  });
  $("before").addEventListener("click", () => { state.at = Math.max(0, state.at - page); draw(); });
  $("after").addEventListener("click", () => { state.at += page; draw(); });
  for (const th of document.querySelectorAll("#ledger-table thead th")) {
    th.firstElementChild.addEventListener("click", () => {
      state.down = state.sort === th.dataset.by && !state.down;
      state.sort = th.dataset.by;
      find();
    });
  }

  const showRun = () => {
    const match = /^#run-([0-9]+)$/.exec(location.hash), card = $("run-card");
    if (!match) {
      card.hidden = true;
      return;
    }
    const its = lines.filter(l => /^[0-9]+$/.test(l.run) && Number(l.run) === Number(match[1]));
    card.replaceChildren();
    const title = document.createElement("h3");
    title.textContent = "Run " + match[1].padStart(6, "0");
    title.tabIndex = -1;
    card.append(title);
    const words = document.createElement("p");
    words.textContent = its.length === 0 ? "It is not in this ledger." : `mode ${its[0].mode || "unknown"}, taken ${its[0].start || "at an unknown time"}`;
    card.append(words);
    const list = document.createElement("ul");
    for (const line of its) {
      const item = document.createElement("li");
      const type = document.createElement("b");
      type.textContent = line.type + ": ";
      const outcome = document.createElement("span");
      outcome.className = "outcome-" + line.outcome;
      outcome.textContent = line.outcome;
      item.append(type, outcome, `, ${line.code} (${line.meaning}): ${line.detail}`);
      list.append(item);
    }
    card.append(list);
    card.hidden = false;
    card.scrollIntoView({block: "start"});
    title.focus({preventScroll: true});
  };
  window.addEventListener("hashchange", showRun);
  find();
  showRun();
})();
