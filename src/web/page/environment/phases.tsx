import { type HandshakePhase, type HandshakeResult, handshakePhases } from '../../../mesh/index.ts';
import { elapsed } from '../../../time/index.ts';
import { phaseWords } from '../parts/words.ts';

const width = 1000;
/** So that a phase of a millisecond is visible. */
const least = 6;

interface Props {
  readonly phases: HandshakeResult['phases'];
  readonly failed: boolean;
}

/** How long each phase took. The list says in words what the bar shows. */
export function Phases({ phases, failed }: Props) {
  const reached = handshakePhases.filter((phase) => phases[phase] !== undefined);
  return (
    <div class="phases">
      {reached.length > 0 && (
        <svg class="phases__bar" viewBox={`0 0 ${width} 24`} preserveAspectRatio="none" aria-hidden="true">
          {layOut(reached, phases).map(({ phase, x, length }) => (
            <rect class={`phases__part phases__part--${phase}`} x={x} y="0" width={length} height="24" />
          ))}
        </svg>
      )}
      <ul class="phases__list">
        {handshakePhases.map((phase) => (
          <li class={`phases__item phases__item--${phase}`}>
            {phaseWords[phase]} <strong>{phaseState(phase, phases, failed)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

function phaseState(phase: HandshakePhase, phases: Props['phases'], failed: boolean): string {
  const seconds = phases[phase];
  if (seconds !== undefined) return elapsed(seconds);
  return failed ? 'not completed' : 'not needed';
}

function layOut(reached: readonly HandshakePhase[], phases: Props['phases']) {
  const total = reached.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0) || 1;
  const room = width - least * reached.length;
  let x = 0;
  return reached.map((phase) => {
    const length = least + ((phases[phase] ?? 0) / total) * room;
    const part = { phase, x: Math.round(x), length: Math.round(length) };
    x += length;
    return part;
  });
}
