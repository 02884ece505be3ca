// The height of the tallest row of the tables of each file, as a notebook of ordinary width shows them.
//   node row_heights.cjs MODULES CHROMIUM FILE...   ->   JSON, file name to pixels
"use strict";
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const [modules, executablePath, ...files] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));

(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 960, height: 900 } });
  const out = {};
  for (const file of files) {
    await page.goto(pathToFileURL(file).href);
    await page.addStyleTag({ content: "table{font-size:12px;border-collapse:collapse}td,th{padding:6px}" });
    out[path.basename(file)] = await page.evaluate(() =>
      Math.max(...[...document.querySelectorAll("tr")].map((row) => row.getBoundingClientRect().height)));
  }
  await browser.close();
  process.stdout.write(JSON.stringify(out));
})().catch((error) => { process.stderr.write(String(error.stack)); process.exit(1); });
