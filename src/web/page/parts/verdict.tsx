import type { ComponentChildren } from 'preact';
import type { Standing } from './words.ts';

const symbols: Record<Standing, string> = {
  critical: 'M7 7l10 10M17 7L7 17',
  warning: 'M12 6v8M12 17.2v.6',
  ok: 'M6.5 12.5l4 4 7-9',
  unknown: 'M7 12h.5M12 12h.5M17 12h.5',
};

/** The most important sentence of a page: dark on failure, calm when all is well. */
export function Verdict({
  standing,
  caption,
  heading,
  children,
}: {
  standing: Standing;
  caption?: ComponentChildren;
  heading: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`verdict verdict--${standing}`}>
      <div class="nhsuk-width-container page-width verdict__inside">
        <svg class="verdict__symbol" viewBox="0 0 24 24" width="56" height="56" aria-hidden="true" focusable="false">
          <circle cx="12" cy="12" r="11" />
          <path d={symbols[standing]} />
        </svg>
        <div class="verdict__words">
          {caption && <p class="verdict__caption">{caption}</p>}
          <h1 class="verdict__heading">{heading}</h1>
          {children}
        </div>
      </div>
    </div>
  );
}
