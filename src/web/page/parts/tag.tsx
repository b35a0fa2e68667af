import type { ComponentChildren } from 'preact';
import type { Severity } from '../../../findings/index.ts';
import {
  draftedLabel,
  isDrafted,
  type RenewalState,
  type RenewalStatus,
  stateCatalogue,
} from '../../../renewal/index.ts';
import { type Standing, severityWords, standingWords } from './words.ts';

type Colour = 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'grey' | 'aqua-green' | 'purple';

/** A word on a colour. The word carries the meaning, so the colour is not needed to understand it. */
export function Tag({ colour, children }: { colour: Colour; children: ComponentChildren }) {
  return <strong class={`nhsuk-tag nhsuk-tag--${colour}`}>{children}</strong>;
}

const standingColours: Record<Standing, Colour> = { critical: 'red', warning: 'yellow', ok: 'green', unknown: 'grey' };

export const StandingTag = ({ standing }: { standing: Standing }) => (
  <Tag colour={standingColours[standing]}>{standingWords[standing]}</Tag>
);

const severityColours: Record<Severity, Colour> = { critical: 'red', warning: 'yellow', info: 'blue' };

export const SeverityTag = ({ severity }: { severity: Severity }) => (
  <Tag colour={severityColours[severity]}>{severityWords[severity]}</Tag>
);

const renewalColours: Record<RenewalState, Colour> = {
  not_due: 'grey',
  due: 'yellow',
  sending: 'blue',
  requested: 'blue',
  uncertain: 'orange',
  issued: 'aqua-green',
  deployed: 'green',
  failed: 'red',
};

export const RenewalTag = ({ state, record }: Pick<RenewalStatus, 'state' | 'record'>) =>
  isDrafted({ state, record }) ? (
    <Tag colour="yellow">{draftedLabel}</Tag>
  ) : (
    <Tag colour={renewalColours[state]}>{stateCatalogue[state].label}</Tag>
  );
