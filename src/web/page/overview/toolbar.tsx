import type { ComponentChildren } from 'preact';
import { plural } from '../../../text/index.ts';
import { standings, standingWords } from '../parts/words.ts';
import { type Expiry, expiryChoices, isNarrow, type Sort, sortChoices } from './filter.ts';
import type { Selection } from './select.ts';

const expiryWords = (days: Expiry) => (days === 0 ? 'Expired' : `Within ${days} days`);
const sortWords: Readonly<Record<Sort, string>> = {
  application: 'Application',
  state: 'Worst first',
  expiry: 'First to expire',
  name: 'Name',
};

/** A plain GET form, so that it needs no script, and the address of a result can be bookmarked and shared. */
export function Toolbar({ filter, found, sort }: Selection) {
  return (
    <search class="toolbar">
      <form class="toolbar__form" action="/" method="get">
        <Field id="q" label="Find">
          <input
            class="nhsuk-input"
            id="q"
            name="q"
            type="search"
            maxlength={200}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="q-hint"
            value={filter.query}
          />
        </Field>
        <Choice
          id="state"
          label="State"
          chosen={filter.state ?? ''}
          choices={[['', 'Any'], ...standings.map((state) => [state, standingWords[state]] as const)]}
        />
        <Choice
          id="expires"
          label="Expires"
          chosen={String(filter.expires ?? '')}
          choices={[['', 'Any time'], ...expiryChoices.map((days) => [String(days), expiryWords(days)] as const)]}
        />
        <Choice id="sort" label="Sort by" chosen={sort} choices={sortChoices.map((each) => [each, sortWords[each]])} />
        <button class="nhsuk-button nhsuk-button--small toolbar__button" type="submit">
          Show
        </button>
      </form>
      <p class="nhsuk-hint toolbar__hint" id="q-hint">
        Finds names, mailboxes, applications, ODS codes and hosts.
        {isNarrow(filter) && (
          <>
            {' '}
            {plural(found, 'environment')} found. <a href="/">Show all</a>
          </>
        )}
      </p>
    </search>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

const Field = ({ id, label, children }: FieldProps) => (
  <div class={`toolbar__field toolbar__field--${id}`}>
    <label class="nhsuk-label" for={id}>
      {label}
    </label>
    {children}
  </div>
);

interface ChoiceProps extends Omit<FieldProps, 'children'> {
  readonly chosen: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
}

const Choice = ({ id, label, chosen, choices }: ChoiceProps) => (
  <Field id={id} label={label}>
    <select class="nhsuk-select" id={id} name={id}>
      {choices.map(([value, text]) => (
        <option value={value} selected={value === chosen}>
          {text}
        </option>
      ))}
    </select>
  </Field>
);
