import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { Frame } from '../views.ts';
import { Layout } from './layout.tsx';

/** A whole HTML document. */
export function renderPage(frame: Frame, content: ComponentChildren): string {
  return `<!doctype html>\n${render(<Layout frame={frame}>{content}</Layout>)}\n`;
}
