// Goes the whole way from a file to a folder in headless Chromium: by keyboard alone, without JavaScript.
//   node page_way.cjs MODULES CHROMIUM ADDRESS FOLDER WIDTH PICTURES   ->   JSON, one entry for each page seen
"use strict";
const path = require("node:path");
const [modules, executablePath, address, folder, width, pictures] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = require(path.join(modules, "axe-core"));

// The page itself runs no script. axe looks at a copy of what it showed, in a page of its own.
async function look(browser, page, seen) {
  const [content, css] = [await page.content(), await (await page.context().request.get(new URL("style.css", address).href)).text()];
  const context = await browser.newContext({ viewport: { width: Number(width), height: 900 }, offline: true, bypassCSP: true });
  const copy = await context.newPage();
  await copy.setContent(content.replace(/<link rel="stylesheet"[^>]*>/, `<style>${css}</style>`), { waitUntil: "domcontentloaded" });
  await copy.evaluate(axe.source);
  const found = await copy.evaluate(async () => {
    const result = await globalThis.axe.run(document);
    return {
      violations: result.violations.map((rule) => ({ id: rule.id, nodes: rule.nodes.map((node) => node.html.slice(0, 200)) })),
      rules: result.passes.length,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });
  await context.close();
  const title = await page.title();
  if (pictures) await page.locator("body").screenshot({ path: path.join(pictures, `${String(seen.length + 1).padStart(2, "0")}.png`) });
  seen.push({ title, ...found });
}

// Tab until the focus is on what is wanted; every stop must show where the focus is.
async function tabTo(page, selector) {
  for (let press = 0; press < 400; press += 1) {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    if ((await focused.count()) && (await focused.first().evaluate((element, wanted) => element.matches(wanted), selector))) return;
  }
  throw new Error(`the keyboard does not reach ${selector} on ${await page.title()}`);
}

async function press(page, selector) {
  await tabTo(page, selector);
  await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: 300000 }), page.keyboard.press("Enter")]);
}

// Where nothing is proposed somebody must choose: the first answer, by keyboard.
async function choose(page) {
  const names = await page.locator("input[type=radio]").evaluateAll((all) => [...new Set(all.map((one) => one.name))]);
  for (const name of names) {
    const group = `input[type=radio][name="${name}"]`;
    if (await page.locator(`${group}:checked`).count()) continue;
    await tabTo(page, group);
    await page.keyboard.press("Space");
  }
}

async function write(page, folder) {
  if (!(await page.locator("#folder:focus").count())) await tabTo(page, "#folder");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(folder);
}

async function whenDone(page) {
  for (let turn = 0; turn < 600 && (await page.locator(".bars").count()); turn += 1) {
    await page.locator("a.button").waitFor({ timeout: 300000 });
    await press(page, "a.button");
  }
}

(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const plain = await browser.newContext({ viewport: { width: Number(width), height: 900 }, javaScriptEnabled: false });
  const page = await plain.newPage();
  const outside = [];
  page.on("request", (request) => { if (!request.url().startsWith(address)) outside.push(request.url()); });
  const seen = [];
  await page.goto(address);
  await look(browser, page, seen);
  await press(page, "button.second");
  await look(browser, page, seen); // nothing chosen: the error summary
  await page.goto(address);
  await press(page, "form[action$='/given'] button");
  await whenDone(page);
  for (let turn = 0; turn < 40 && !(await page.title()).startsWith("Ready"); turn += 1) {
    await look(browser, page, seen);
    await choose(page);
    await press(page, "form[action$='/step'] button");
  }
  await look(browser, page, seen);
  await press(page, "form[action$='/count'] button");
  await whenDone(page);
  await look(browser, page, seen);
  for (let turn = 0; turn < 200 && (await page.locator("a.again").count()); turn += 1) {
    await page.waitForTimeout(300);
    await press(page, "a.again");
  }
  await write(page, "out5");
  await look(browser, page, seen);
  await write(page, folder);
  await press(page, "form[action$='/write'] button");
  await whenDone(page);
  await look(browser, page, seen);
  await browser.close();
  process.stdout.write(JSON.stringify({ seen, outside }));
})().catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
