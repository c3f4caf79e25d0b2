"use strict";
// The ledger: search, filter, sort and page, all of them kept in the address; a run's panel; copies to take away.
(() => {
  const pageLength = 100;
  const mostPrinted = 2000;
  const data = JSON.parse(document.getElementById("ledger-data").textContent);
  const $ = id => document.getElementById(id);
  const number = n => n.toLocaleString("en");

  // ---- the lines

  // A text is a string, or pieces between which 0 stands for the run's number and 1 for its place from the newest.
  const fill = (text, run) =>
    typeof text === "string" ? text : text.map(p => p === 0 ? Number(run.name) : p === 1 ? run.place : p).join("");

  const verdicts = data.verdicts.map(([code, detail, remedies]) => {
    const [word, outcome, meaning] = data.codes[code];
    return {code: word, outcome, meaning, detail: data.texts[detail], remedies: data.remedies[remedies].map(r => data.texts[r])};
  });
  const lines = [];
  for (const [name, mode, start, source, pattern, place] of data.runs) {
    const run = {name, mode: data.modes[mode], start, source: data.sources[source], place};
    const numbers = data.patterns[pattern];
    for (let i = 0; i < numbers.length; i += 2) {
      lines.push({at: lines.length, run, type: data.types[numbers[i]], verdict: verdicts[numbers[i + 1]]});
    }
  }

  const columns = {
    run: l => l.run.name,
    start: l => l.run.start,
    mode: l => l.run.mode,
    source: l => l.run.source,
    type: l => l.type,
    outcome: l => l.verdict.outcome,
    code: l => l.verdict.code,
    detail: l => fill(l.verdict.detail, l.run),
  };
  const textOf = line => line.text ??= Object.values(columns).map(c => c(line)).join("\u0001").toLowerCase();

  // Lines come by run and type. What is to process or to repair comes first; other orders keep that of the ledger among equals.
  const ordered = (found, sort, down) => {
    if (sort === "outcome") {
      const outcomes = down ? data.outcomes.slice().reverse() : data.outcomes;
      const of = new Map(outcomes.map(o => [o, []]));
      found.forEach(l => of.get(l.verdict.outcome).push(l));
      return [].concat(...of.values());
    }
    if (sort === "run") {
      return down ? found.slice().reverse() : found;
    }
    const way = down ? -1 : 1;
    return found
      .map(l => ({l, key: columns[sort](l)}))
      .sort((a, b) => a.key < b.key ? -way : a.key > b.key ? way : a.l.at - b.l.at)
      .map(k => k.l);
  };

  // ---- what is asked for, and its address

  const standard = {search: "", outcome: "", type: "", code: "", mode: "", source: "", sort: "outcome", down: "", page: "1"};
  const selects = ["outcome", "type", "code", "mode", "source"];
  const asked = {...standard};
  let found = [];
  let run = null;

  // #ledger&outcome=process&page=2, or #run-61086 with the same behind it.
  const addressOf = place => {
    const changed = Object.entries(asked).filter(([key, value]) => value !== standard[key]);
    return "#" + [place, ...changed.map(([key, value]) => key + "=" + encodeURIComponent(value))].join("&");
  };
  const placeOf = () => run === null ? "ledger" : "run-" + run;

  let typing = false;
  const keep = search => {
    const address = addressOf(placeOf());
    try {
      // Typing goes on in one entry of the history; each other change is an entry, so that "back" takes it back.
      history[search && typing ? "replaceState" : "pushState"](null, "", address);
    } catch {
      // A page that is shown within another one may have no address of its own. Filters work all the same.
    }
    typing = search;
  };

  const options = {
    outcome: data.outcomes.filter(o => verdicts.some(v => v.outcome === o)),
    type: data.types,
    code: data.codes.map(c => c[0]).sort(),
    mode: data.modes.filter(m => m).sort(),
    source: data.sources.filter(s => s).sort(),
  };
  for (const by of selects) {
    $("by-" + by).append(...options[by].map(value => new Option(value, value)));
  }

  // Takes what the address says. True: it says something about the ledger.
  const take = () => {
    const [place, ...rest] = location.hash.slice(1).split("&");
    const match = /^run-0*([0-9]+)$/.exec(place);
    if (place !== "" && place !== "ledger" && !match) {
      return false;
    }
    const said = new URLSearchParams(rest.join("&"));
    for (const key of Object.keys(standard)) {
      asked[key] = said.get(key) ?? standard[key];
    }
    for (const by of selects) {
      asked[by] = options[by].includes(asked[by]) ? asked[by] : "";
    }
    asked.sort = Object.hasOwn(columns, asked.sort) ? asked.sort : standard.sort;
    asked.down = asked.down ? "1" : "";
    run = match ? match[1] : null;
    return true;
  };

  // ---- the table

  const cell = (row, text, name, title) => {
    const made = document.createElement(row.childElementCount ? "td" : "th");
    made.setAttribute("role", row.childElementCount ? "cell" : "rowheader");
    made.className = name;
    made.append(text);
    if (title) {
      made.title = title;
    }
    row.append(made);
    return made;
  };
  const link = (text, href) => {
    const made = document.createElement("a");
    made.href = href;
    made.textContent = text;
    return made;
  };
  const isNumber = name => /^[0-9]+$/.test(name);
  const rowOf = line => {
    const row = document.createElement("tr");
    const name = line.run.name;
    row.setAttribute("role", "row");
    cell(row, isNumber(name) ? link(name, addressOf("run-" + Number(name))) : name, "number").scope = "row";
    cell(row, line.run.start.slice(0, 10), "date");
    cell(row, line.run.mode, "text");
    cell(row, line.run.source, "text");
    cell(row, line.type, "text");
    cell(row, line.verdict.outcome, "text outcome-" + line.verdict.outcome);
    cell(row, line.verdict.code, "text", line.verdict.meaning);
    cell(row, columns.detail(line), "long");
    return row;
  };

  const headings = [...document.querySelectorAll("#ledger-table thead th")];
  const draw = () => {
    const count = found.length;
    const pages = Math.max(1, Math.ceil(count / pageLength));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(asked.page)) || 1));
    asked.page = String(page);
    const from = (page - 1) * pageLength;
    const to = Math.min(from + pageLength, count);
    $("lines").replaceChildren(...found.slice(from, to).map(rowOf));
    $("found").textContent = `${number(count)} of ${number(lines.length)} lines`
      + (count > pageLength ? `, ${number(from + 1)} to ${number(to)} shown` : "");
    $("before").disabled = page === 1;
    $("after").disabled = page === pages;
    $("done").textContent = "";
    for (const th of headings) {
      const sorted = th.dataset.by === asked.sort;
      th.setAttribute("aria-sort", !sorted ? "none" : asked.down ? "descending" : "ascending");
      th.querySelector("span").textContent = !sorted ? "" : asked.down ? " ▼" : " ▲";
    }
    const filtered = asked.search !== "" || selects.some(by => asked[by] !== "");
    $("ledger-part").classList.toggle("filtered", filtered);
    // The way back to the ledger keeps its filter.
    for (const a of document.querySelectorAll("nav a[href^='#ledger']")) {
      a.href = addressOf("ledger");
    }
  };

  const find = () => {
    const words = asked.search.toLowerCase().split(/\s+/).filter(w => w);
    const by = selects.filter(s => asked[s] !== "");
    found = lines.filter(l => by.every(s => columns[s](l) === asked[s]) && words.every(w => textOf(l).includes(w)));
    found = ordered(found, asked.sort, asked.down);
    draw();
  };

  const show = () => {
    $("search").value = asked.search;
    for (const by of selects) {
      $("by-" + by).value = asked[by];
    }
    find();
  };

  const change = (changes, search = false) => {
    Object.assign(asked, {page: "1"}, changes);
    find();
    keep(search);
  };

  // ---- a run's panel

  const add = (parent, tag, text) => {
    const made = document.createElement(tag);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  const changesOf = line => line.verdict.remedies.map(r => fill(r, line.run)).join("; then: ");
  const drawRun = () => {
    const card = $("run-card");
    card.hidden = run === null;
    card.replaceChildren();
    if (run === null) {
      return;
    }
    const its = lines.filter(l => isNumber(l.run.name) && Number(l.run.name) === Number(run));
    const title = add(card, "h3", "Run " + run.padStart(6, "0"));
    title.tabIndex = -1;
    add(card, "p", its.length === 0
      ? "It is not in this ledger."
      : `mode ${its[0].run.mode || "unknown"}, source ${its[0].run.source || "unknown"}, `
        + `taken ${its[0].run.start || "at an unknown time"}`);
    const list = add(card, "ul", "");
    for (const line of its) {
      const item = add(list, "li", "");
      const {outcome, code, meaning} = line.verdict;
      add(item, "b", line.type + ": ");
      add(item, "span", outcome).className = "outcome-" + outcome;
      item.append(`, ${code} (${meaning}): ${columns.detail(line)}`);
    }
    const changes = new Map();
    for (const line of its.filter(l => l.verdict.remedies.length > 0)) {
      changes.set(changesOf(line), [...changes.get(changesOf(line)) ?? [], line.type]);
    }
    if (changes.size > 0) {
      add(card, "h4", "What would change it");
      const remedies = add(card, "ul", "");
      for (const [text, types] of changes) {
        const item = add(remedies, "li", "");
        add(item, "b", types.join(", ") + ": ");
        item.append(text);
      }
    }
    card.append(link("Close", addressOf("ledger")));
  };

  const goTo = (shown, focused) => {
    shown.scrollIntoView({block: "start"});
    focused.tabIndex = -1;
    focused.focus({preventScroll: true});
  };

  // ---- copies to take away

  // A tab or a line end within a cell would break the table; a program for tables must not take a text for a formula.
  const tsvCell = text => (/^[=+@-]/.test(text) ? "'" : "") + text.replace(/[\t\r\n]+/g, " ");
  const tsv = () =>
    [Object.keys(columns), ...found.map(l => Object.values(columns).map(c => tsvCell(c(l))))].map(r => r.join("\t") + "\n").join("");
  const download = () => {
    const address = URL.createObjectURL(new Blob([tsv()], {type: "text/tab-separated-values"}));
    const a = link("", address);
    a.download = data.name.replace(/[^\w.-]+/g, "_") + "-ledger.tsv";
    a.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    $("done").textContent = `${number(found.length)} lines downloaded`;
  };

  const runsFound = () => [...new Set(found.map(l => l.run.name).filter(isNumber).map(Number))].sort((a, b) => a - b);
  const copyOldWay = text => {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    $("copy").focus();
    return copied;
  };
  const copy = async () => {
    const runs = runsFound();
    const text = runs.join(",");
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers give the clipboard to a page over https, and to files; elsewhere the old way may work.
      copied = copyOldWay(text);
    }
    $("done").textContent = copied
      ? `${number(runs.length)} run numbers copied`
      : "the browser does not let this page copy; the TSV file has the run numbers";
  };

  // ---- what people do

  for (const th of headings) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes, document.createElement("span"));
    button.lastChild.setAttribute("aria-hidden", "true");
    th.append(button);
    button.addEventListener("click", () =>
      change({sort: th.dataset.by, down: asked.sort === th.dataset.by && !asked.down ? "1" : ""}));
  }
  let waiting = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({search: $("search").value.trim()}, true), 120);
  });
  for (const by of selects) {
    $("by-" + by).addEventListener("change", () => change({[by]: $("by-" + by).value}));
  }
  $("clear").addEventListener("click", () => {
    clearTimeout(waiting);
    change({...standard, sort: asked.sort, down: asked.down});
    show();
  });
  $("before").addEventListener("click", () => change({page: String(Number(asked.page) - 1)}));
  $("after").addEventListener("click", () => change({page: String(Number(asked.page) + 1)}));
  $("download").addEventListener("click", download);
  $("copy").addEventListener("click", copy);

  // A filtered ledger is printed with all its lines, up to a bound; the style leaves an unfiltered one out.
  window.addEventListener("beforeprint", () => {
    if ($("ledger-part").classList.contains("filtered")) {
      $("lines").replaceChildren(...found.slice(0, mostPrinted).map(rowOf));
      $("found").textContent = `${number(found.length)} of ${number(lines.length)} lines`
        + (found.length > mostPrinted ? `, the first ${number(mostPrinted)} printed` : "");
    }
  });
  window.addEventListener("afterprint", draw);

  for (const a of document.querySelectorAll("a[data-filter]")) {
    a.href = "#ledger&" + a.dataset.filter;
  }

  // A link takes its reader along; "back" returns to where the page was.
  let follows = true;
  document.addEventListener("click", event => {
    follows = event.target.closest?.("a[href^='#']") !== null;
  });
  const arrive = () => {
    const ours = take();
    const led = follows;
    [typing, follows] = [false, false];
    if (!ours) {
      return;
    }
    show();
    drawRun();
    if (run !== null) {
      goTo($("run-card"), $("run-card").firstElementChild);
    } else if (led && location.hash !== "") {
      goTo($("ledger"), $("ledger"));
    }
  };
  window.addEventListener("hashchange", arrive);

  for (const part of document.querySelectorAll("#ledger-part .scripted")) {
    part.hidden = false;
  }
  $("without-script").hidden = true;
  find();
  if (location.hash !== "") {
    arrive();
  }
})();
