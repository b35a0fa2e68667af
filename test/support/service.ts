/** The whole service in this process, over an estate on disk. */
import { loadConfiguration } from '../../src/config/load.ts';
import { createLog } from '../../src/monitor/log.ts';
import { startService } from '../../src/service/service.ts';
import type { Service } from '../../src/service/types.ts';
import type { DiskEstate } from './disk-estate.ts';

/** @param hear - called with each line of its log. */
export const serviceOver = (estate: DiskEstate, hear: (line: string) => void): Promise<Service> =>
  startService({
    load: () => loadConfiguration(estate.config),
    env: estate.env,
    now: () => new Date(),
    log: createLog(hear),
    build: { version: '1.2.3', nodeVersion: '24.0.0' },
  });
