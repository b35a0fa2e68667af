import { plural } from '../../../text/index.ts';
import type { Selection } from './select.ts';

/** A plain GET form, so that the address of a result can be bookmarked and shared. */
export function Search({ query, found }: Selection) {
  return (
    <search class="page-search">
      <form action="/" method="get">
        <div class="nhsuk-form-group nhsuk-search-input">
          <label class="nhsuk-label" for="q">
            Find an environment
          </label>
          <div class="nhsuk-input-wrapper nhsuk-search-input__wrapper">
            <input
              class="nhsuk-input nhsuk-search-input__input"
              id="q"
              name="q"
              type="search"
              maxlength={200}
              autocomplete="off"
              spellcheck={false}
              aria-describedby="q-hint"
              value={query}
            />
            <button class="nhsuk-button nhsuk-button--small nhsuk-search-input__button" type="submit">
              Search
            </button>
          </div>
          <p class="nhsuk-hint" id="q-hint">
            Name, mailbox, application, ODS code or host.
            {query && (
              <>
                {' '}
                {plural(found, 'environment')} found. <a href="/">Show all</a>
              </>
            )}
          </p>
        </div>
      </form>
    </search>
  );
}
