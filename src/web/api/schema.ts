/** What the API answers, on top of the shapes that `--format json` shares with it. */
import { z } from 'zod';
import { environmentSchema, handshakeSchema, renewalRecordSchema, statusSchema } from '../../report/index.ts';

export const environmentsSchema = z
  .object({
    status: statusSchema.meta({ description: 'The worst of them all.' }),
    environments: z.array(environmentSchema).meta({ description: 'By name.' }),
  })
  .meta({ id: 'Environments' });

export const environmentDetailSchema = environmentSchema
  .extend({
    handshakeHistory: z
      .array(handshakeSchema)
      .meta({ description: 'Oldest first, the last two dozen; server certificates are kept of the newest alone.' }),
  })
  .meta({ id: 'EnvironmentDetail' });

export const renewalsSchema = z
  .object({ renewals: z.array(renewalRecordSchema).meta({ description: 'Oldest first.' }) })
  .meta({ id: 'Renewals' });

/** RFC 9457. */
export const problemSchema = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
  .meta({ id: 'Problem' });
