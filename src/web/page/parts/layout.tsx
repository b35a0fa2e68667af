import type { ComponentChildren } from 'preact';
import { rfc3339, shortLondonTime } from '../../../time/index.ts';
import type { Frame } from '../views.ts';
import { standingWords } from './words.ts';

const service = 'MESH certificates';

const navigation = [
  { section: 'environments', href: '/', text: 'Environments' },
  { section: 'renewals', href: '/renewals', text: 'Renewals' },
  { section: 'inspect', href: '/inspect', text: 'Inspect a file' },
] as const;

/** The whole document. It works without the script, which only refreshes the content of `main`. */
export function Layout({ frame, children }: { frame: Frame; children: ComponentChildren }) {
  const { title, estate, styles, script, icon, isAnswer, now, headline, here } = frame;
  return (
    <html lang="en-GB" class={`standing-${estate.standing}`}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} – ${service}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <link rel="icon" type="image/svg+xml" href={icon} />
        {styles.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
        <script type="module" src={script} />
      </head>
      <body>
        <a class="nhsuk-skip-link" href="#maincontent">
          Skip to main content
        </a>
        <Header frame={frame} />
        <p id="stale" class="page-stale" hidden />
        <main id="maincontent" tabindex={-1} data-headline={headline} data-answer={isAnswer}>
          {children}
        </main>
        <p id="announcement" class="nhsuk-u-visually-hidden" role="status" />
        <footer class="nhsuk-footer page-footer">
          <div class="nhsuk-width-container page-width">
            <p class="nhsuk-body-s">
              As at{' '}
              <time id="as-of" datetime={rfc3339(now)}>
                {shortLondonTime(now)}
              </time>
              .
              {!isAnswer && (
                <>
                  {' '}
                  <a href={here}>Refresh</a>
                </>
              )}
              <span id="refreshing" hidden>
                {' '}
                <button type="button" id="pause" class="page-link-button">
                  Pause updates
                </button>
              </span>
            </p>
            <ul class="nhsuk-footer__list">
              {[
                ['/calendar.ics', 'Calendar feed'],
                ['/api/v1/environments', 'JSON'],
                ['/api/v1/openapi.json', 'API description'],
                ['/health', 'Health'],
                ['/metrics', 'Metrics'],
              ].map(([href, text]) => (
                <li class="nhsuk-footer__list-item">
                  <a class="nhsuk-footer__list-item-link" href={href}>
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        </footer>
      </body>
    </html>
  );
}

function Header({ frame: { section, estate, now } }: { frame: Frame }) {
  return (
    <header class="nhsuk-header page-header">
      <div class="nhsuk-header__container nhsuk-width-container page-width">
        <div class="nhsuk-header__service">
          <a class="nhsuk-header__service-name" href="/">
            {service}
          </a>
        </div>
        <p class="page-header__standing">
          {estate.name ?? 'All environments'}: {standingWords[estate.standing]}
        </p>
        <p class="page-printed">As at {shortLondonTime(now)}</p>
      </div>
      <nav class="nhsuk-header__navigation" aria-label="Menu">
        <div class="nhsuk-header__navigation-container nhsuk-width-container page-width">
          <ul class="nhsuk-header__navigation-list">
            {navigation.map((item) => {
              const current = item.section === section;
              return (
                <li class={`nhsuk-header__navigation-item${current ? ' nhsuk-header__navigation-item--current' : ''}`}>
                  <a
                    class="nhsuk-header__navigation-link"
                    href={item.href}
                    {...(current ? { 'aria-current': 'true' as const } : {})}
                  >
                    {item.text}
                  </a>
                </li>
              );
            })}
          </ul>
        </div>
      </nav>
    </header>
  );
}
