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
  document.querySelectorAll("[data-table]").forEach((box) => {
    const table = box.querySelector("table");
    const line = document.createElement("p");
    const button = document.createElement("button");
    line.className = "tools";
    button.type = "button";
    button.textContent = "Copy table";
    button.setAttribute("aria-label", "Copy table: " + table.caption.textContent);
    button.addEventListener("click", () => {
      copy(asText(table)).then(
        (done) => say(done ? "Table copied" : "The browser does not allow copying"),
        () => say("The browser does not allow copying"),
      );
    });
    line.append(button);
    box.prepend(line);
  });
})();
