// Writes docs/images/overview.png, the picture in the README, from the page of the demo. Needs Chromium and a build:
// npm run build && node scripts/screenshot.ts
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const target = 'docs/images/overview.png';
const main = process.env.MESH_CERT_MONITOR_MAIN ?? 'dist/main.js';

const demo = spawn(process.execPath, [main, 'demo', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(await pageOf(demo.stdout));
  mkdirSync(dirname(target), { recursive: true });
  await page.screenshot({ path: target, fullPage: true });
  await browser.close();
  console.log(`wrote ${target}`);
} finally {
  demo.kill('SIGTERM');
}

async function pageOf(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /^\s*Page\s+(http\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the demo stopped before it showed its page');
}
