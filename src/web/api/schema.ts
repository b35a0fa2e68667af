/** The API’s responses, in addition to the schemas that it shares with `--format json`. */
import { z } from 'zod';
import { environmentSchema, handshakeSchema, renewalRecordSchema, statusSchema } from '../../report/index.ts';

export const environmentsSchema = z
  .object({
    status: statusSchema.meta({ description: 'The worst status of any environment.' }),
    environments: z.array(environmentSchema).meta({ description: 'Sorted by name.' }),
  })
  .meta({ id: 'Environments' });

export const environmentDetailSchema = environmentSchema
  .extend({
    handshakeHistory: z
      .array(handshakeSchema)
      .meta({ description: 'The last 24, oldest first. Only the newest has server certificates.' }),
  })
  .meta({ id: 'EnvironmentDetail' });

export const renewalsSchema = z
  .object({ renewals: z.array(renewalRecordSchema).meta({ description: 'Oldest first.' }) })
  .meta({ id: 'Renewals' });

/** RFC 9457. */
export const problemSchema = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
  .meta({ id: 'Problem' });
