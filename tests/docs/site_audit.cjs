// Opens pages of a built site in headless Chromium and says which rules of axe they break.
//   node site_audit.cjs MODULES CHROMIUM SITE PAGE...   ->   JSON, one entry for each page and width
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const [modules, executablePath, root, ...pages] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = require(path.join(modules, "axe-core"));

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml", json: "application/json" };

const server = http.createServer((request, response) => {
  let file = path.join(root, decodeURIComponent(request.url.split("?")[0]));
  if (file.endsWith("/")) file += "index.html";
  fs.readFile(file, (error, data) => {
    response.writeHead(error ? 404 : 200, { "content-type": TYPES[file.split(".").pop()] || "application/octet-stream" });
    response.end(data);
  });
});

server.listen(0, "127.0.0.1", async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const out = [];
  for (const name of pages) {
    for (const width of [1280, 768, 320]) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/${name}`);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const result = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return { rules: result.passes.length, violations: result.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html.slice(0, 200))]) };
      });
      out.push({ page: name, width, ...found });
      await context.close();
    }
  }
  await browser.close();
  server.close();
  process.stdout.write(JSON.stringify(out));
});
