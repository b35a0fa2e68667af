// Builds src/ into dist/, from an empty dist/ so that nothing is left of what is no longer there.
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { startedModules, writeBundle } from './build/bundle.ts';
import { writeDeclarations } from './build/declarations.ts';
import { copyDesignSystem } from './build/design-system.ts';
import { writeManual } from './build/manual.ts';
import { writeNotices } from './build/notices.ts';

rmSync('dist', { recursive: true, force: true });
const [modules] = await Promise.all([
  writeBundle('dist', ['main', 'index', ...startedModules]),
  writeDeclarations('dist'),
]);
writeNotices('dist', modules);
writeManual('dist');
cpSync('src/web/assets', 'dist/web/assets', { recursive: true });
copyDesignSystem('dist/nhsuk-frontend');
chmodSync('dist/main.js', 0o755);
