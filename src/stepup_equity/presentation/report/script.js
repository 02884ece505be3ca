"use strict";
(() => {
  const said = document.getElementById("said");
  const say = (words) => { said.textContent = ""; setTimeout(() => { said.textContent = words; }, 50); };

  // Tables under charts and the appendix are open in the file: without scripts everything shows and prints.
  const numbers = [...document.querySelectorAll("details[data-numbers],details[data-folded]")];
  numbers.forEach((d) => { d.open = false; });
  let opened = [];
  addEventListener("beforeprint", () => { opened = numbers.filter((d) => !d.open); opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });

  // Whoever goes to a folded section finds it open.
  const unfold = (hash) => {
    const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
    const folded = target && target.querySelector(":scope > details[data-folded]");
    if (folded) { folded.open = true; target.scrollIntoView(); }
  };
  document.querySelectorAll("main a[href^='#'],nav a").forEach((a) => a.addEventListener("click", () => unfold(a.hash)));
  addEventListener("hashchange", () => unfold(location.hash));
  unfold(location.hash);

  const list = document.querySelector("nav ul");
  const label = document.createElement("label");
  const jump = document.createElement("select");
  jump.id = "jump";
  label.htmlFor = "jump";
  label.textContent = "Jump to";
  list.querySelectorAll("a").forEach((a) => jump.add(new Option(a.textContent, a.hash)));
  jump.addEventListener("change", () => {
    const section = document.querySelector(jump.value);
    unfold(jump.value);
    section.scrollIntoView();
    section.querySelector("h2").focus({ preventScroll: true });
  });
  list.before(label, jump);

  const key = (row, column) => {
    const cell = row.cells[column];
    const order = cell.dataset.order;
    return order === undefined ? cell.textContent : order === "nan" ? NaN : Number(order);
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return (Number.isNaN(a) - Number.isNaN(b)) || a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  document.querySelectorAll("table[data-sortable]").forEach((table) => {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const before = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.tabIndex = column ? -1 : 0;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (now === "descending") { body.append(...before); say("Original order"); return; }
        const way = now === "ascending" ? -1 : 1;
        const rows = before.slice().sort((a, b) => {
          const x = key(a, column), y = key(b, column);
          if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
          return way * compare(x, y);
        });
        body.append(...rows);
        head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        say("Sorted by " + button.textContent + (way > 0 ? ", lowest first" : ", highest first"));
      });
    });
    // One stop for all headings of a table; the arrows move between them.
    table.tHead.addEventListener("keydown", (event) => {
      const buttons = heads.map((head) => head.firstChild);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && buttons[buttons.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
  });

  // A label that begins like a formula stays text when it is pasted into a spreadsheet.
  const plain = (text) => (/^[=+\-@]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? "'" + text : text);
  const asText = (table) => [...table.rows]
    .map((row) => [...row.cells].map((cell) => plain(cell.textContent.trim().replace(/\s+/g, " "))).join("\t"))
    .join("\n");
  const copy = async (text) => {
    if (navigator.clipboard) { await navigator.clipboard.writeText(text); return true; }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  const press = (words, whose, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.setAttribute("aria-label", words + ": " + whose);
    button.addEventListener("click", act);
    return button;
  };
  const choose = (words, whose, options, act) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    options.forEach((option) => select.add(new Option(option)));
    select.setAttribute("aria-label", words + ": " + whose);
    select.addEventListener("change", act);
    label.append(words + " ", select);
    return { label, select };
  };
  const download = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("Downloaded: " + name);
  };
  const named = (words) => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "").slice(0, 80) || "table";
  const quoted = (text) => (/[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  const asCsv = (table) => {
    let part = "";
    const parts = !!table.querySelector("tr.part");
    const lines = [...table.rows].flatMap((row, number) => {
      const cells = [...row.cells].map((cell) => plain(cell.textContent.trim().replace(/\s+/g, " ")));
      if (row.classList.contains("part")) { part = cells[0]; return []; }
      return [parts ? [number ? part : "Part", ...cells] : cells];
    });
    return "\ufeff" + lines.map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
  };

  const VERDICTS = ["cliff-edge", "small-gap", "no-material-gap", "no-evidence", "small-advantage", "advantage", "too-few-to-tell", "not-computable"];
  const filters = (table, whose) => {
    const parts = [...table.tBodies].filter((body) => body.querySelector("tr.part"));
    const kinds = VERDICTS.filter((kind) => table.querySelector("td." + kind));
    const chosen = {};
    const show = () => {
      let seen = 0;
      [...table.tBodies].forEach((body) => {
        const head = body.querySelector("tr.part");
        const away = !!chosen.part && !!head && head.textContent !== chosen.part;
        let left = 0;
        [...body.rows].filter((row) => row !== head).forEach((row) => {
          row.hidden = away || (!!chosen.kind && !row.querySelector("td." + chosen.kind));
          left += Number(!row.hidden);
        });
        body.hidden = !left;
        seen += left;
      });
      say(seen === 1 ? "1 row shown" : seen + " rows shown");
    };
    const made = [];
    if (parts.length > 1) {
      const titles = parts.map((body) => body.querySelector("tr.part").textContent);
      const { label, select } = choose("Characteristic", whose, ["All", ...titles], () => {
        chosen.part = select.selectedIndex ? select.value : "";
        show();
      });
      made.push(label);
    }
    if (kinds.length > 1) {
      const words = kinds.map((kind) => kind.replaceAll("-", " "));
      const { label, select } = choose("Verdict", whose, ["All", ...words], () => {
        chosen.kind = select.selectedIndex ? kinds[select.selectedIndex - 1] : "";
        show();
      });
      made.push(label);
    }
    return made;
  };

  document.querySelectorAll("[data-table]").forEach((box) => {
    const table = box.querySelector("table");
    const title = table.caption.textContent;
    const line = document.createElement("p");
    line.className = "tools";
    line.append(
      ...filters(table, title),
      press("Copy table", title, () => {
        copy(asText(table)).then(
          (done) => say(done ? "Table copied" : "The browser does not allow copying"),
          () => say("The browser does not allow copying"),
        );
      }),
      press("Download CSV", title, () => download(named(title) + ".csv", "text/csv", asCsv(table))),
    );
    box.prepend(line);
  });

  // A picture is a file of its own with the rules of style that the page keeps for it.
  const rules = [...document.styleSheets[0].cssRules]
    .filter((rule) => /^(\.picture svg (\*|text)|\.k\d+)$/.test(rule.selectorText || ""))
    .map((rule) => rule.cssText.replace(".picture svg ", "")).join("");
  const asFile = (svg) => {
    const whole = svg.cloneNode(true);
    if (whole.dataset.whole) {
      whole.setAttribute("viewBox", whole.dataset.whole);
      whole.setAttribute("height", whole.dataset.whole.split(" ")[3] + "pt");
    }
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = rules;
    whole.prepend(style);
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(whole);
  };

  // A region is a stop of the keyboard where it scrolls, or where the arrows read values.
  const regions = [...document.querySelectorAll(".scroll")];
  const stops = () => regions.forEach((region) => {
    const wanted = region.scrollWidth > region.clientWidth + 1 || "values" in region.dataset;
    if (wanted) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  });

  // Values of a picture of groups by gates: under the pointer, or by the arrows; they are those of its table.
  const LINES = 5;
  const labels = (texts, wanted, from) => {
    const found = [];
    wanted.forEach((words, number) => {
      let place = null;
      for (let i = from; i < texts.length && !place; i += 1) {
        let said = "";
        for (let j = i; j < Math.min(texts.length, i + LINES) && !place; j += 1) {
          said = (said + " " + texts[j].words).trim();
          if (said === words || said === words + " (reference)") {
            place = { number, x: (texts[i].box.left + texts[i].box.right) / 2, y: (texts[i].box.top + texts[j].box.bottom) / 2, next: j + 1 };
          }
        }
      }
      if (!place) return; // the reference, with which the others are compared, may have no row
      from = place.next;
      found.push(place);
    });
    return found;
  };
  const values = (figure) => {
    const svg = figure.querySelector(".picture svg"), table = figure.querySelector("table");
    if (!svg || !table) return;
    const frame = figure.querySelector(".picture .scroll");
    const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.cells.length > 1);
    let places = null;
    const find = () => {
      const origin = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll("text:not([data-words])")].map((text) => {
        const box = text.getBoundingClientRect();
        return { words: text.textContent.replace(/\s+/g, " ").trim(), box: { left: box.left - origin.left, right: box.right - origin.left, top: box.top - origin.top, bottom: box.bottom - origin.top } };
      });
      const across = labels(texts, heads, 0);
      const down = across.length ? labels(texts, rows.map((row) => row.cells[0].textContent), across.at(-1).next) : [];
      places = down.length && across.every((place) => place.y < down[0].y) ? { down, across } : null;
      return places;
    };
    if (!find()) return;
    const box = document.createElement("div");
    box.className = "value";
    box.hidden = true;
    figure.append(box);
    const at = { row: -1, column: -1 };
    const hide = () => { box.hidden = true; };
    const show = (row, column, aloud) => {
      if (aloud || box.hidden || row !== at.row || column !== at.column) {
        Object.assign(at, { row, column });
        const who = document.createElement("b"), value = document.createElement("span");
        const told = rows[places.down[row].number], place = places.across[column].number;
        who.textContent = told.cells[0].textContent + ", " + heads[place];
        value.textContent = told.cells[place + 1].textContent;
        box.replaceChildren(who, value);
        if (aloud) say(who.textContent + ": " + value.textContent);
      }
      box.hidden = false;
      const page = figure.getBoundingClientRect(), origin = svg.getBoundingClientRect();
      const left = origin.left - page.left + places.across[column].x, top = origin.top - page.top + places.down[row].y;
      box.style.left = Math.max(0, Math.min(left + 12, page.width - box.offsetWidth)) + "px";
      box.style.top = top + 18 + "px";
    };
    const nearest = (list, side, value) => list.reduce((best, place, i) => (Math.abs(place[side] - value) < Math.abs(list[best][side] - value) ? i : best), 0);
    svg.addEventListener("pointermove", (event) => {
      if (!find()) return;
      const origin = svg.getBoundingClientRect(), x = event.clientX - origin.left, y = event.clientY - origin.top;
      const { down, across } = places;
      if (y < (across[0].y + down[0].y) / 2 || y > down.at(-1).y + 24 || x < across[0].x - 60) { hide(); return; }
      show(nearest(down, "y", y), nearest(across, "x", x), false);
    });
    svg.addEventListener("pointerleave", hide);
    frame.dataset.values = "";
    stops();
    frame.setAttribute("aria-description", "Arrow keys read the values.");
    frame.addEventListener("focus", () => { if (find()) show(Math.max(at.row, 0), Math.max(at.column, 0), true); });
    frame.addEventListener("blur", hide);
    frame.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { hide(); return; }
      const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
      if (!step || !find()) return;
      event.preventDefault();
      const within = (value, most) => Math.max(0, Math.min(value, most - 1));
      show(within(at.row + step[0], places.down.length), within(at.column + step[1], places.across.length), true);
    });
  };
  document.querySelectorAll("figure[data-picture]").forEach((figure) => {
    const title = figure.querySelector("figcaption").textContent;
    const line = document.createElement("p");
    line.className = "tools";
    line.append(press("Download picture", title, () => {
      download(figure.dataset.picture + ".svg", "image/svg+xml", asFile(figure.querySelector(".picture svg")));
    }));
    figure.querySelector("figcaption").after(line);
    const folded = figure.closest("details");
    if (!folded || folded.open) values(figure);
    else folded.addEventListener("toggle", () => values(figure), { once: true });
  });

  const watched = new ResizeObserver(stops);
  regions.forEach((region) => watched.observe(region));
  stops();
})();
