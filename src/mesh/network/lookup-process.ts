// A process that does nothing but ask the system's resolver (getaddrinfo), because such a call cannot be called off: while it
// waits for a resolver that is silent, the process it runs in can neither end nor, once its few threads are taken, look anything else up.
// Started by lookup-helper.ts, and killed when nobody waits for it any more.
import { lookup } from 'node:dns';
import type { Answer, Question } from './lookup-helper.ts';

process.on('message', ({ id, host, family }: Question) => {
  lookup(host, { family, all: true, order: 'verbatim' }, (error, addresses) => {
    const answer: Answer = error
      ? { id, error: { code: error.code ?? 'EAI_FAIL', message: error.message } }
      : { id, addresses };
    process.send?.(answer);
  });
});

// An ordinary exit would wait for the resolver.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
