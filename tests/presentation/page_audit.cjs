// Opens pages in headless Chromium with the network blocked and says what a person would meet there.
//   node page_audit.cjs MODULES CHROMIUM FILE...   ->   JSON, one entry for each file and width
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const [modules, executablePath, ...files] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = require(path.join(modules, "axe-core"));

// Width, whether all that folds is open, and the colours asked for.
const VIEWS = [[1280, true, "light"], [768, true, "light"], [320, true, "light"], [1280, false, "light"], [320, false, "light"], [768, false, "dark"]];

async function audit(browser, file, width, open, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true, offline: true, colorScheme });
  const page = await context.newPage();
  const seen = { console: [], requests: [], dialogs: [] };
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.console.push(error.message));
  page.on("dialog", (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => { if (!/^(data|file):/.test(request.url())) seen.requests.push(request.url()); });
  await page.goto(pathToFileURL(file).href);
  if (open) await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  await page.waitForTimeout(100);
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"] });
    const short = (rule) => ({ id: rule.id, impact: rule.impact, nodes: rule.nodes.map((node) => node.html.slice(0, 200)) });
    return { violations: result.violations.map(short), incomplete: result.incomplete.map(short), rules: result.passes.length };
  });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const ways = await page.evaluate(() => ["nav select", "nav ul"].map((one) => document.querySelector(one).checkVisibility()));
  const stops = await page.evaluate(() => {
    const regions = [...document.querySelectorAll(".scroll")].filter((region) => region.checkVisibility());
    const scrolls = (region) => region.scrollWidth > region.clientWidth + 1;
    return {
      idle: regions.filter((region) => region.tabIndex >= 0 && region.hasAttribute("tabindex") && !scrolls(region) && !("values" in region.dataset)).length,
      missed: regions.filter((region) => scrolls(region) && !region.hasAttribute("tabindex")).length,
    };
  });
  await context.close();
  return { file: path.basename(file), width, open, colorScheme, ...found, sideways: wide, ways, ...stops, ...seen };
}

// Tab from the top: every link, button, select, summary and scrolling box gets the focus, and shows it.
async function keyboard(browser, file) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href],button,select,summary,[tabindex='0']")];
    const reachable = all.filter((element) => element.checkVisibility() && element.tabIndex >= 0);
    reachable.forEach((element, number) => { element.dataset.number = number; });
    return reachable.length;
  });
  const reached = new Set();
  let hidden = 0;
  for (let press = 0; press < wanted + 5; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { number: element.dataset.number, visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    if (at.number === undefined) continue;
    reached.add(at.number);
    if (!at.visible) hidden += 1;
  }
  await page.close();
  return { file: path.basename(file), wanted, reached: reached.size, withoutFocusRing: hidden };
}

// What the script adds: sorting, jumping, copying; all of it works, and says so.
async function works(browser, file) {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  const table = page.locator("table[data-sortable]").first();
  const column = (number) => table.locator("tbody tr").evaluateAll((rows, n) => rows.map((row) => row.cells[n].textContent), number);
  const before = await column(0);
  const head = table.locator("thead button").nth(0);
  await head.click();
  const up = await column(0);
  const ascending = await table.locator("th").nth(0).getAttribute("aria-sort");
  await head.click();
  const down = await column(0);
  await head.click();
  const again = await column(0);
  const last = await page.locator("#jump option").last().getAttribute("value");
  await page.selectOption("#jump", last);
  await page.waitForTimeout(300);
  const jumped = await page.evaluate(() => document.activeElement.parentElement.id);
  const box = page.locator("[data-table]").filter({ has: page.locator("table[data-sortable]") }).first();
  await box.getByRole("button", { name: /^Copy table/ }).click();
  await page.waitForTimeout(300);
  const said = await page.locator("#said").textContent();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const got = async (button) => {
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    return { name: download.suggestedFilename(), text: fs.readFileSync(await download.path(), "utf8") };
  };
  const csv = await got(box.getByRole("button", { name: /^Download CSV/ }));
  const picture = await got(page.getByRole("button", { name: /^Download picture/ }).first());
  const heads = await table.locator("thead button").evaluateAll((buttons) => buttons.filter((button) => button.tabIndex >= 0).length);
  const values = await read(page);
  const filtered = await filter(page);
  await context.close();
  return { file: path.basename(file), before, up, down, again, ascending, last, jumped, said, copied, csv, picture, heads, values, filtered };
}

// Values of a picture: by the arrows, under the pointer, gone with Escape.
async function read(page) {
  const frame = page.locator(".scroll[data-values]").first();
  if (!(await frame.count())) return null;
  const figure = frame.locator("xpath=ancestor::figure");
  const value = figure.locator(".value");
  await frame.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(150);
  const shown = await value.textContent();
  const aloud = await page.locator("#said").textContent();
  const cells = await figure.locator("table td").allTextContents();
  await page.keyboard.press("Escape");
  const hidden = !(await value.isVisible());
  await page.evaluate(() => document.activeElement.blur());
  const words = figure.locator(".picture text").filter({ hasText: /^[▼▲]? ?\d[.\d]*$/ }).first();
  await words.hover();
  const hovered = await value.isVisible();
  return { shown, aloud, cells, hidden, hovered };
}

// Filters: the rows of one verdict, then those of one characteristic.
async function filter(page) {
  const verdict = page.getByRole("combobox", { name: /^Verdict/ }).first();
  if (!(await verdict.count())) return null;
  const table = verdict.locator("xpath=ancestor::*[@data-table]").locator("table");
  const rows = () => table.evaluate((element) => [...element.rows].slice(1).filter((row) => row.checkVisibility() && row.cells.length > 1).map((row) => row.textContent));
  const all = await rows();
  const kind = await verdict.locator("option").nth(1).textContent();
  await verdict.selectOption({ index: 1 });
  const some = await rows();
  await verdict.selectOption({ index: 0 });
  const again = await rows();
  return { all, kind, some, again };
}

// Without scripts: every table is there to be read and printed.
async function plain(browser, file) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  const tables = page.locator("table");
  const seen = { file: path.basename(file), tables: await tables.count(), visible: 0 };
  for (let number = 0; number < seen.tables; number += 1) seen.visible += Number(await tables.nth(number).isVisible());
  await context.close();
  return seen;
}

(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const out = { pages: [], keyboard: [], works: [], plain: [] };
  for (const file of files) {
    for (const view of VIEWS) out.pages.push(await audit(browser, file, ...view));
    out.keyboard.push(await keyboard(browser, file));
    out.works.push(await works(browser, file));
    out.plain.push(await plain(browser, file));
  }
  await browser.close();
  process.stdout.write(JSON.stringify(out));
})().catch((error) => { process.stderr.write(String(error.stack)); process.exit(1); });
