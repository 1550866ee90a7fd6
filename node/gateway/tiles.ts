/**
 * Whole logs for auditors, as C2SP tlog-tiles has them. Hashes are for everybody; entries name
 * officers and handles, and are handed out to an auditor alone whose deed is on record.
 */
import type { FastifyInstance } from 'fastify'
import {
  InvalidTile,
  parseEntriesPath,
  parseTilePath,
  tileWidth,
  type TileId,
} from '../../crypto/merkle/tile.ts'
import { recordBatches } from '../../protocol/access-record.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { batchAt } from '../access/record-shelf.ts'
import { bundleBytes, tileBytes } from '../log/tile-bytes.ts'
import type { LogCopies } from './log-copies.ts'
import type { Rooms } from './rooms.ts'
import { index, name, object, plainText, refusals, text } from './schemas.ts'

const PLAIN_TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'

const bytes = { content: { [BYTES]: { schema: { type: 'string', contentEncoding: 'binary' } } } }

const checkpointSchema = {
  tags: ['logs'],
  operationId: 'logCheckpoint',
  summary: 'The newest checkpoint of a log, where C2SP tlog-tiles has it.',
  params: object({ log: name }),
  response: { 200: plainText('C2SP tlog-checkpoint, a signed note.'), ...refusals },
}

const cosignedSchema = {
  ...checkpointSchema,
  operationId: 'logCosigned',
  summary: 'The newest checkpoint of a log that a quorum of witnesses has cosigned.',
}

const tileSchema = {
  tags: ['logs'],
  operationId: 'logTile',
  summary: 'A tile of a log, or with `entries/` before its index the entries themselves.',
  description: 'C2SP tlog-tiles. Entries take the token of a logged `log-copy`, as a bearer token.',
  params: object({ log: name, '*': text }),
  response: {
    200: { description: 'Hashes, or entries behind their lengths.', ...bytes },
    ...refusals,
  },
}

const recordsSchema = {
  tags: ['logs'],
  operationId: 'logRecords',
  summary: 'The access records of the batch that is this entry of a log.',
  description:
    'Of the logs that this node keeps records of. They take the token of a logged `log-copy`, as ' +
    'a bearer token.',
  params: object({ log: name, index }),
  response: {
    200: { description: 'One MessagePack list, as nodes send it.', ...bytes },
    ...refusals,
  },
}

export function tileRoutes(
  app: FastifyInstance,
  { ledger, shelf }: Rooms,
  { copies }: { copies: LogCopies },
): void {
  app.get<{ Params: { log: string; index: string } }>(
    '/v1/logs/:log/records/:index',
    { schema: recordsSchema },
    async ({ params, headers }, reply) => {
      copies.check(headers.authorization)
      const place = Number(params.index)
      if (place >= ledger.size(params.log)) {
        throw new TamgaError('not-found', `the log of ${params.log} has no entry ${place} yet`)
      }
      const records = await shelf.get(await batchAt(ledger.stored(params.log), place))
      if (!records) throw new TamgaError('not-found', 'these access records are not kept here')
      return reply.type(BYTES).send(Buffer.from(recordBatches.encode(records)))
    },
  )

  app.get<{ Params: { log: string } }>(
    '/v1/logs/:log/checkpoint',
    { schema: checkpointSchema },
    async ({ params }, reply) => {
      const head = ledger.checkpoints().find(({ log }) => log === params.log)
      if (!head) throw new TamgaError('not-found', `there is no checkpoint of ${params.log} here`)
      return reply.type(PLAIN_TEXT).send(head.checkpoint)
    },
  )

  app.get<{ Params: { log: string } }>(
    '/v1/logs/:log/checkpoints/cosigned',
    { schema: cosignedSchema },
    async ({ params }, reply) => {
      const head = ledger.checkpoints().find(({ log }) => log === params.log)
      if (head?.cosigned) return reply.type(PLAIN_TEXT).send(head.cosigned)
      throw new TamgaError('not-found', `no quorum is known here that has seen ${params.log}`)
    },
  )

  app.get<{ Params: { log: string; '*': string } }>(
    '/v1/logs/:log/tile/*',
    { schema: tileSchema },
    async ({ params, headers }, reply) => {
      const { tile, isEntries } = tileAt(`tile/${params['*']}`)
      if (isEntries) copies.check(headers.authorization)
      const size = BigInt(ledger.size(params.log))
      if (tile.width > tileWidth(tile, size)) {
        throw new TamgaError('not-found', `the log of ${params.log} has no such tile yet`)
      }
      const log = ledger.stored(params.log)
      const found = isEntries ? await bundleBytes(log, tile) : await tileBytes(log, tile)
      return reply.type(BYTES).send(Buffer.from(found.buffer, found.byteOffset, found.length))
    },
  )
}

/** @throws TamgaError `not-found`: no tile has that path */
function tileAt(path: string): { tile: TileId; isEntries: boolean } {
  try {
    const isEntries = path.startsWith('tile/entries/')
    const tile = isEntries ? { level: 0, ...parseEntriesPath(path) } : parseTilePath(path)
    return { tile, isEntries }
  } catch (cause) {
    if (!(cause instanceof InvalidTile)) throw cause
    throw new TamgaError('not-found', 'that is not the path of a tile', { cause })
  }
}
