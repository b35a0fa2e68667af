import { Times } from './times.tsx';

/** The catalogues mark code with backticks. Times are London's. */
export function WithCode({ text }: { text: string }) {
  return (
    <>
      {text
        .split('`')
        .map((part, index) => (index % 2 === 1 ? <code class="page-break">{part}</code> : <Times text={part} />))}
    </>
  );
}
