// Opens a rendered page in headless Chromium and looks for what a reader would stumble on.
//
//   node check.mjs PAGE.html [OUTDIR]
//
// Fails on: anything on the console that is an error or a warning, a page error, a request that fails or leaves this
// machine, any violation of axe-core's rules (WCAG 2.2 AA and best practice), ids used twice, sideways scrolling of the
// page at 320 pixels, chart text below 11 pixels there, chart text that runs out of its drawing or over other text, a small
// table that does not show on paper, tables left out on paper without a word, and more than 12 sheets of paper (but for the
// page of every measure, which is as long as it must be). With OUTDIR
// it leaves a PDF there and, but for that page, which is too long for one, screenshots of both widths.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

/** What a board may get, on paper. */
const MOST_SHEETS = 12;

const [page_path, out_dir] = process.argv.slice(2);
if (!page_path) {
  console.error('usage: node check.mjs PAGE.html [OUTDIR]');
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const url = pathToFileURL(resolve(page_path)).href;
const problems = [];
const problem = (where, what) => problems.push(`${where}: ${what}`);
if (out_dir) mkdirSync(out_dir, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  for (const width of [1280, 320]) await look(width);
  await print();
} finally {
  await browser.close();
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} problem(s) in ${page_path}`);
  process.exit(1);
}
console.log(`${page_path}: no problems at 1280 and 320 pixels and on paper`);

async function look(width) {
  const page = await open(width, `${width} px`);
  await page.evaluate(axe);
  // Twice: closed as a reader finds it, and with every table open. The page of every measure is of the same pieces and many times as
  // long: it is looked at once a width, with everything open, and its colours, which no width changes, at the first.
  const is_long = await page.evaluate(() => document.body.classList.contains('annex'));
  const colours = { enabled: !is_long || width === 1280 };
  for (const state of is_long ? ['open'] : ['closed', 'open']) {
    const where = `${width} px, tables ${state}`;
    if (state === 'open') await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
    const { violations } = await page.evaluate((colours) => globalThis.axe.run(document, {
      // All rules that are on by default, and those of WCAG 2.2 AA, which are not.
      rules: { 'target-size': { enabled: true }, 'color-contrast': colours, 'link-in-text-block': colours },
      resultTypes: ['violations'],
    }), colours);
    for (const { id, help, nodes } of violations) {
      for (const node of nodes) problem(where, `axe ${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
    }
    for (const what of await page.evaluate(layout)) problem(where, what);
    if (out_dir && !is_long) await page.screenshot({ path: join(out_dir, `${width}-${state}.png`), fullPage: true });
  }
  await page.close();
}

// Runs in the page. Returns what is wrong with the layout.
function layout() {
  const found = [];
  const seen = new Set();
  for (const { id } of document.querySelectorAll('[id]')) {
    if (seen.has(id)) found.push(`the id ${id} is used twice`);
    seen.add(id);
  }
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll('*')].filter((each) => !each.closest('.scroll') && each.getBoundingClientRect().right > width + 0.5);
    found.push(`scrolls sideways: ${document.documentElement.scrollWidth} wide; ${wide.slice(0, 3).map((each) => each.outerHTML.slice(0, 120)).join(' | ')}`);
  }
  for (const svg of document.querySelectorAll('svg.chart')) {
    const name = svg.querySelector('title')?.id ?? 'a chart';
    const box = svg.getBoundingClientRect();
    const scale = box.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map((text) => text.getBoundingClientRect());
    texts.forEach((text, index) => {
      const size = parseFloat(getComputedStyle(text).fontSize) * scale;
      if (size < 10.9) found.push(`${name}: text "${text.textContent}" is ${size.toFixed(1)} px`);
      const here = boxes[index];
      if (here.left < box.left - 1 || here.right > box.right + 1 || here.top < box.top - 3 || here.bottom > box.bottom + 3) {
        found.push(`${name}: text "${text.textContent}" runs out of the drawing`);
      }
      for (let other = index + 1; other < texts.length; other += 1) {
        const there = boxes[other];
        // Line boxes are taller than letters: only what overlaps by more than the slack is a collision.
        const across = Math.min(here.right, there.right) - Math.max(here.left, there.left);
        const down = Math.min(here.bottom, there.bottom) - Math.max(here.top, there.top);
        if (across > 1 && down > 4 * scale) found.push(`${name}: "${text.textContent}" and "${texts[other].textContent}" collide`);
      }
    });
  }
  return found;
}

async function print() {
  const page = await open(794, 'paper');
  await page.emulateMedia({ media: 'print' });
  // Whether the inside of <details> is drawn is decided with the next frames, not at once.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  for (const what of await page.evaluate(() => [...document.querySelectorAll('details.small-table table')]
    .filter((table) => !table.checkVisibility({ contentVisibilityAuto: true }) || table.getBoundingClientRect().height === 0)
    .map((table) => `the table "${table.caption?.textContent}" is not printed`))) problem('paper', what);
  const left_out = await page.evaluate(() => document.querySelector('details:not(.small-table) table') !== null);
  const says_so = await page.evaluate(() => document.querySelector('.paper')?.checkVisibility() ?? false);
  if (left_out && !says_so) problem('paper', 'tables are left out and the sheet does not say so');
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false });
  if (out_dir) writeFileSync(join(out_dir, 'print.pdf'), pdf);
  // Chromium writes every page as an object of its own, uncompressed.
  const sheets = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;
  const most = await page.evaluate(() => document.body.classList.contains('annex')) ? Infinity : MOST_SHEETS;
  if (sheets < 1 || most < sheets) problem('paper', `${sheets} sheets; a board gets at most ${MOST_SHEETS}`);
  await page.close();
}

async function open(width, where) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problem(where, `console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problem(where, `page error: ${error.message}`));
  page.on('requestfailed', (request) => problem(where, `request failed: ${request.url()}`));
  page.on('request', (request) => {
    if (request.url() !== url) problem(where, `asks for ${request.url().slice(0, 120)}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return page;
}
