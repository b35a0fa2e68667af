// Compiles src/ into dist/, from an empty dist/ so that a renamed file leaves nothing behind.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { copyDesignSystem } from './design-system.ts';

rmSync('dist', { recursive: true, force: true });
const tsc = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
cpSync('src/web/assets', 'dist/web/assets', { recursive: true });
copyDesignSystem('dist/nhsuk-frontend');
chmodSync('dist/main.js', 0o755);
