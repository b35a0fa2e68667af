import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { Layout } from './layout.tsx';
import type { Frame } from './view.ts';

/** A whole HTML document. */
export function renderPage(frame: Frame, content: ComponentChildren): string {
  return `<!doctype html>\n${render(<Layout frame={frame}>{content}</Layout>)}\n`;
}
