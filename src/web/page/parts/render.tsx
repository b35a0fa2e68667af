import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { escapedLines, type SafeText } from '../../../text/index.ts';
import type { Frame } from '../views.ts';
import { Layout } from './layout.tsx';

/** A whole HTML document. As the last step, treacherous characters are escaped everywhere in it, whoever wrote them. */
export function renderPage(frame: Frame, content: ComponentChildren): SafeText {
  return escapedLines(`<!doctype html>\n${render(<Layout frame={frame}>{content}</Layout>)}\n`);
}
