// A process that only asks the system's resolver (getaddrinfo), because such a call cannot be cancelled: while it waits for a silent
// resolver, its process cannot end and, once the few threads are taken, cannot look anything else up. Started by lookup-helper.ts, and
// killed when nothing is waiting for it any more.
import { lookup } from 'node:dns';
import type { LookupReply, LookupRequest } from './lookup-helper.ts';

process.on('message', ({ id, host, family }: LookupRequest) => {
  lookup(host, { family, all: true, order: 'verbatim' }, (error, addresses) => {
    const reply: LookupReply = error
      ? { id, error: { code: error.code ?? 'EAI_FAIL', message: error.message } }
      : { id, addresses };
    process.send?.(reply);
  });
});

// An ordinary exit would wait for the resolver.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
